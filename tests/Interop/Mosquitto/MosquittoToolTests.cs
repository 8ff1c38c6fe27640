using System.Globalization;
using System.Text.Json;

namespace Fairlead.Interop.Mosquitto;

/// <summary>Debian's command-line clients, over plain TCP.</summary>
public sealed class MosquittoToolTests(HubFixture fixture)
{
    public static TheoryData<string> Versions => new("mqttv31", "mqttv311", "mqttv5");

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Messages_arrive_at_every_QoS(string version)
    {
        await using var stage = new Stage(fixture.Hub);
        await using var subscriber = await MosquittoTool.SubscribeAsync(Plain(version), "-t", stage.Topic("+"), "-q", "2");
        for (var qos = 0; qos <= 2; qos++)
        {
            await MosquittoTool.PublishAsync(Plain(version), ["-t", stage.Topic("a"), "-m", $"hello {qos}", "-q", $"{qos}"]);
            var message = await subscriber.MessageAsync();
            message.GetProperty("payload").GetString().ShouldBe($"hello {qos}");
            message.GetProperty("qos").GetInt32().ShouldBe(qos);
            message.GetProperty("retain").GetInt32().ShouldBe(0);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_thousand_lines_keep_their_order(string version)
    {
        await using var stage = new Stage(fixture.Hub);
        await using var subscriber = await MosquittoTool.SubscribeAsync(Plain(version), "-t", stage.Topic("n"), "-q", "2");

        await MosquittoTool.PublishAsync(Plain(version), ["-t", stage.Topic("n"), "-q", "2", "-l"], Enumerable.Range(0, 1000).Select(n => $"{n}"));

        for (var n = 0; n < 1000; n++)
            Number(await subscriber.MessageAsync()).ShouldBe(n);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_retained_file_of_a_megabyte_comes_back_and_is_cleared(string version)
    {
        await using var stage = new Stage(fixture.Hub);
        var payload = new byte[1024 * 1024];
        new Random(2).NextBytes(payload);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, payload, TestContext.Current.CancellationToken);
            await MosquittoTool.PublishAsync(Plain(version), ["-t", stage.Topic("r"), "-f", file, "-q", "1", "-r"]);
        }
        finally
        {
            File.Delete(file);
        }

        (await MosquittoTool.ReceiveBytesAsync(Plain(version), stage.Topic("r"))).AsSpan().SequenceEqual(payload).ShouldBeTrue();

        await MosquittoTool.PublishAsync(Plain(version), ["-t", stage.Topic("r"), "-n", "-q", "1", "-r"]);
        await MosquittoTool.PublishAsync(Plain(version), ["-t", stage.Topic("fence"), "-m", "fence", "-q", "1", "-r"]);
        var left = await MosquittoTool.SubscribeToEndAsync(Plain(version), "-t", stage.Topic("+"), "-C", "1");
        left.ShouldHaveSingleItem().GetProperty("payload").GetString().ShouldBe("fence");
        await MosquittoTool.PublishAsync(Plain(version), ["-t", stage.Topic("fence"), "-n", "-q", "1", "-r"]);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_killed_client_leaves_its_Will(string version)
    {
        await using var stage = new Stage(fixture.Hub);
        await using var watcher = await MosquittoTool.SubscribeAsync(Plain(version), "-t", stage.Topic("will"), "-q", "2");
        await using var victim = await MosquittoTool.SubscribeAsync(
            Plain(version), "-t", stage.Topic("x"), "--will-topic", stage.Topic("will"), "--will-payload", "gone", "--will-qos", "2");

        await victim.KillAsync();

        var seen = await watcher.MessageAsync();
        seen.GetProperty("payload").GetString().ShouldBe("gone");
        seen.GetProperty("qos").GetInt32().ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_resumed_Session_gets_what_was_queued(string version)
    {
        await using var stage = new Stage(fixture.Hub);
        string[] session = ["-i", stage.ClientId("s"), "-c", "-t", stage.Topic("q"), "-q", "2", .. version == "mqttv5" ? ["-x", "3600"] : Array.Empty<string>()];
        await MosquittoTool.SubscribeToEndAsync(Plain(version), [.. session, "-E"]);

        await MosquittoTool.PublishAsync(Plain(version), ["-t", stage.Topic("q"), "-q", "2", "-l"], Enumerable.Range(0, 20).Select(n => $"{n}"));

        var messages = await MosquittoTool.SubscribeToEndAsync(Plain(version), [.. session, "-C", "20"]);
        messages.Select(Number).ShouldBe(Enumerable.Range(0, 20));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Members_of_a_shared_subscription_divide_the_messages(string version)
    {
        await using var stage = new Stage(fixture.Hub);
        string[] share = ["-t", $"$share/{stage.ClientId("g")}/{stage.Topic("job")}", "-t", stage.Topic("end"), "-q", "1"];
        await using var first = await MosquittoTool.SubscribeAsync(Plain(version), share);
        await using var second = await MosquittoTool.SubscribeAsync(Plain(version), share);

        await MosquittoTool.PublishAsync(Plain(version), ["-t", stage.Topic("job"), "-q", "1", "-l"], Enumerable.Range(0, 40).Select(n => $"{n}"));
        await MosquittoTool.PublishAsync(Plain(version), ["-t", stage.Topic("end"), "-m", "end", "-q", "1"]);

        var jobs = new List<int>();
        foreach (var member in new[] { first, second })
        {
            var before = jobs.Count;
            for (var message = await member.MessageAsync(); message.GetProperty("payload").GetString() != "end"; message = await member.MessageAsync())
                jobs.Add(Number(message));
            jobs.Count.ShouldBeGreaterThan(before, "a member got nothing");
        }

        jobs.Order().ShouldBe(Enumerable.Range(0, 40));
    }

    [Fact]
    public async Task Properties_travel_unchanged()
    {
        await using var stage = new Stage(fixture.Hub);
        await using var subscriber = await MosquittoTool.SubscribeAsync(Plain("mqttv5"), "-t", stage.Topic("p"), "-q", "1", "-D", "subscribe", "subscription-identifier", "7");

        await MosquittoTool.PublishAsync(Plain("mqttv5"),
        [
            "-t", stage.Topic("p"), "-m", "{}", "-q", "1",
            "-D", "publish", "content-type", "application/json", "-D", "publish", "response-topic", "answer",
            "-D", "publish", "correlation-data", "c-1", "-D", "publish", "message-expiry-interval", "600",
            "-D", "publish", "payload-format-indicator", "1", "-D", "publish", "user-property", "b", "1", "-D", "publish", "user-property", "a", "2",
        ]);

        var properties = (await subscriber.MessageAsync()).GetProperty("properties");
        properties.GetProperty("content-type").GetString().ShouldBe("application/json");
        properties.GetProperty("response-topic").GetString().ShouldBe("answer");
        properties.GetProperty("correlation-data").GetString().ShouldBe("c-1");
        properties.GetProperty("message-expiry-interval").GetInt32().ShouldBeInRange(500, 600);
        properties.GetProperty("payload-format-indicator").GetInt32().ShouldBe(1);
        properties.GetProperty("subscription-identifier").ToString().ShouldContain("7");
        properties.GetProperty("user-properties").ToString().ShouldContain("\"b\"");
    }

    private static int Number(JsonElement message) => int.Parse(message.GetProperty("payload").ToString(), CultureInfo.InvariantCulture);

    private IEnumerable<string> Plain(string version) =>
        ["-h", fixture.Hub.Mqtt.Host, "-p", fixture.Hub.Mqtt.Port.ToString(CultureInfo.InvariantCulture), "-V", version];
}
