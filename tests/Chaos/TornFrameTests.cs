using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>However TCP cuts the bytes of a Session, the answers are the same.</summary>
public sealed class TornFrameTests(StormHub hub) : IClassFixture<StormHub>
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Bytes_one_by_one(int level)
    {
        var expected = await ConverseAsync(level, bytes => [bytes]);

        (await ConverseAsync(level, bytes => bytes.Select(one => new[] { one }))).ShouldBe(expected);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Bytes_in_random_pieces(int level)
    {
        var random = Seed.For($"{nameof(Bytes_in_random_pieces)}-{level}");
        var expected = await ConverseAsync(level, bytes => [bytes]);
        for (var round = 0; round < 50; round++)
            (await ConverseAsync(level, bytes => Cut(bytes, random))).ShouldBe(expected);
    }

    [Fact]
    public async Task Many_torn_Sessions_at_once_do_not_mix()
    {
        await using var bystanders = await Bystanders.StartAsync(hub.Process);
        var expected = await ConverseAsync(5, bytes => [bytes]);

        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => ConverseAsync(5, bytes => bytes.Select(one => new[] { one })))));

        all.ShouldAllBe(answers => answers.SequenceEqual(expected));
        await bystanders.StopAsync();
    }

    /// <summary>Runs one Session with itself and returns the answers, sorted: acknowledgements and deliveries may overtake each other.</summary>
    private async Task<IReadOnlyList<string>> ConverseAsync(int level, Func<byte[], IEnumerable<byte[]>> cut)
    {
        var topic = "torn/" + Guid.NewGuid().ToString("N");
        byte[] bytes =
        [
            .. RawPackets.Connect(level, "t" + Guid.NewGuid().ToString("N")[..20], will: new RawWill("torn/will", "w")),
            .. RawPackets.Subscribe(level, 1, [(topic, 2), ("torn/other/+/#", 1)]),
            .. RawPackets.Publish(level, topic, "zero"),
            .. RawPackets.Publish(level, topic, new string('x', 300), 1, 2),
            .. RawPackets.Publish(level, topic, "two", 2, 3),
            .. RawPackets.Ack(RawType.PubRel, 3),
            .. RawPackets.PingReq,
            .. RawPackets.Unsubscribe(level, 4, "torn/other/+/#"),
            .. RawPackets.Publish(level, topic, ""),
        ];
        await using var client = await RawMqttClient.OpenAsync(hub.Mqtt);
        foreach (var piece in cut(bytes))
            await client.SendAsync(piece);

        // CONNACK, SUBACK, PUBACK, PUBREC, PUBCOMP, PINGRESP, UNSUBACK and four deliveries.
        var answers = new List<string>();
        while (answers.Count < 11)
            answers.Add((await client.ReadAsync()).ToString().Replace(Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(topic)), "TOPIC", StringComparison.Ordinal));
        await client.SendAsync(RawPackets.Disconnect());
        await client.ExpectCloseAsync();
        return [.. answers.Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<byte[]> Cut(byte[] bytes, Random random)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, 40), bytes.Length - at);
            yield return bytes[at..(at + length)];
            at += length;
        }
    }
}
