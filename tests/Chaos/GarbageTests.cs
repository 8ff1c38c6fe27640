using System.Net.Sockets;
using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>Bytes that no client of good will would send.</summary>
public sealed class GarbageTests(StormHub hub) : IClassFixture<StormHub>
{
    private const int Connections = 10_000;

    [Fact]
    public async Task Ten_thousand_connections_of_random_bytes()
    {
        var random = Seed.For(nameof(Ten_thousand_connections_of_random_bytes));
        var loads = Enumerable.Range(0, Connections).Select(_ => Garbage(random)).ToArray();
        await using var bystanders = await Bystanders.StartAsync(hub.Process);
        await AssaultAsync(loads[..500]);
        var warm = hub.Memory;

        await AssaultAsync(loads[500..]);

        await bystanders.StopAsync();
        hub.Process.IsRunning.ShouldBeTrue();
        await hub.GreetAsync();
        await hub.ShouldBeCalmAsync(warm);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_packet_larger_than_the_limit_is_refused_by_its_header(int level)
    {
        await using var bystanders = await Bystanders.StartAsync(hub.Process);
        var before = hub.Memory;
        for (var n = 0; n < 50; n++)
        {
            await using var client = await hub.ConnectAsync(level, $"oversized-{n}");
            await client.SendAsync(0x32, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1); // PUBLISH of 256 MB
            if (level == 5)
            {
                var answer = RawAnswer.Read(5, await client.ReadAsync());
                (answer.Type, answer.Code).ShouldBe((RawType.Disconnect, 0x95)); // Packet too large
            }

            await client.ExpectCloseAsync();
        }

        await bystanders.StopAsync();
        await hub.ShouldBeCalmAsync(before);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task What_stands_before_the_garbage_counts(int level)
    {
        await using var watcher = await hub.SubscribeAsync(4, "garbage-watcher", "before/#");
        var bytes = new List<byte>(RawPackets.Connect(level, "garbage", will: new RawWill("before/will", "will", QoS: 1)));
        for (var n = 1; n <= 500; n++)
            bytes.AddRange(RawPackets.Publish(level, "before/garbage", $"{n}", 1, n));
        bytes.AddRange([0xF7, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        await using var client = await RawMqttClient.OpenAsync(hub.Mqtt);

        await client.SendAsync([.. bytes]);

        for (var n = 1; n <= 500; n++)
            RawPublish.Read(4, await watcher.ReadAsync()).Text.ShouldBe($"{n}");
        RawPublish.Read(4, await watcher.ReadAsync()).Topic.ShouldBe("before/will"); // not a client's goodbye: its Will is due
        while (await client.ReadOrCloseAsync() is { } answer)
            ((RawType)answer.Type).ShouldBeOneOf(RawType.ConnAck, RawType.PubAck, RawType.Disconnect);
    }

    /// <summary>Sends each load over a connection of its own and waits until the hub has closed it.</summary>
    private async Task AssaultAsync(byte[][] loads) =>
        await Parallel.ForEachAsync(loads, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (load, _) =>
        {
            await using var client = await RawMqttClient.OpenAsync(hub.Mqtt);
            await client.SendUnlessClosedAsync(load);
            var buffer = new byte[4096];
            using var deadline = new CancellationTokenSource(RawMqttClient.Deadline);
            try
            {
                client.Socket.Shutdown(SocketShutdown.Send);
                while (await client.Socket.ReceiveAsync(buffer, SocketFlags.None, deadline.Token) > 0)
                {
                    // The hub may have something to say first.
                }
            }
            catch (SocketException)
            {
                // Reset: closed as well.
            }
        });

    private static byte[] Garbage(Random random)
    {
        var noise = new byte[random.Next(1, 600)];
        random.NextBytes(noise);
        var level = random.Next(2) == 0 ? 4 : 5;
        var connect = RawPackets.Connect(level, $"garbage-{random.Next(100)}", will: new RawWill("garbage/will", "w"));
        switch (random.Next(5))
        {
            case 0:
                return noise;
            case 1: // a CONNECT with a few bytes changed
                for (var n = random.Next(1, 5); n > 0; n--)
                    connect[random.Next(connect.Length)] = (byte)random.Next(256);
                return connect;
            case 2:
                return [.. connect, .. noise];
            case 3: // a whole Session with a few bytes changed
                byte[] session =
                [
                    .. connect, .. RawPackets.Subscribe(level, 1, "garbage/#", 2), .. RawPackets.Publish(level, "garbage/a", "x", 2, 2),
                    .. RawPackets.Ack(RawType.PubRel, 2), .. RawPackets.Publish(level, "garbage/b", "y", 1, 3), .. RawPackets.PingReq,
                ];
                for (var n = random.Next(1, 4); n > 0; n--)
                    session[connect.Length + random.Next(session.Length - connect.Length)] = (byte)random.Next(256);
                return session;
            default: // a length that is never fulfilled
                return [.. connect, 0x30, 0xFF, 0xFF, (byte)(0x80 | random.Next(128)), (byte)random.Next(1, 128), .. noise];
        }
    }
}
