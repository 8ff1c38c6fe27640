using System.Globalization;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Counters;

/// <summary>A hub of its own, so that its counters are the doing of one test; the tests of a class run one after the other.</summary>
public sealed class MetricsPage : IAsyncLifetime
{
    private HubProcess? _hub;

    private HubProcess Hub => _hub ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        if (!StandardHub.IsForeign)
            _hub = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null)
            await _hub.DisposeAsync();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Bytes_in_are_those_received_and_bytes_out_those_sent(int level)
    {
        Assert.SkipWhen(StandardHub.IsForeign, "only for our own hub: it has the metrics page");
        await using var raw = await RawMqttClient.OpenAsync(Hub.Mqtt);
        var connect = RawPackets.Connect(level, Names.Client());
        await raw.SendAsync(connect);
        var answer = await raw.ReadAsync();
        (await ReadAsync("fairlead_mqtt_bytes_total", "direction=\"in\"")).ShouldBe(connect.Length);
        (await ReadAsync("fairlead_mqtt_bytes_total", "direction=\"out\"")).ShouldBe(answer.Body.Length + 2);

        long received = connect.Length, sent = answer.Body.Length + 2;
        for (var i = 1; i <= 10; i++)
        {
            var publish = RawPackets.Publish(level, "nobody/listens", new byte[1000], 1, i);
            await raw.SendAsync(publish);
            received += publish.Length;
            sent += (await raw.ReadAsync()).Body.Length + 2;
        }

        (await ReadAsync("fairlead_mqtt_bytes_total", "direction=\"in\"")).ShouldBe(received);
        (await ReadAsync("fairlead_mqtt_bytes_total", "direction=\"out\"")).ShouldBe(sent);
        (await ReadAsync("fairlead_mqtt_message_bytes_total", "direction=\"in\"")).ShouldBe(10_000);
        (await ReadAsync("fairlead_mqtt_message_bytes_total", "direction=\"out\"")).ShouldBe(0);
        (await ReadAsync("fairlead_mqtt_messages_total", "direction=\"in\"", "qos=\"1\"")).ShouldBe(10);
        (await ReadAsync("fairlead_mqtt_messages_total", "direction=\"out\"", "qos=\"1\"")).ShouldBe(0);
    }

    [Fact]
    public async Task Fan_out_counts_each_copy_as_sent()
    {
        Assert.SkipWhen(StandardHub.IsForeign, "only for our own hub: it has the metrics page");
        var subscribers = new List<Peer>();
        for (var i = 0; i < 3; i++)
        {
            subscribers.Add(await Peer.ConnectAsync(Hub.Mqtt, 5));
            await subscribers[i].SubscribeAsync("fan/out", 1);
        }

        await subscribers[0].PublishAsync("fan/out", "12345", 1);
        foreach (var subscriber in subscribers)
            await subscriber.ExpectAsync("12345");
        (await ReadAsync("fairlead_mqtt_connections")).ShouldBe(3);
        (await ReadAsync("fairlead_mqtt_messages_total", "direction=\"in\"", "qos=\"1\"")).ShouldBe(1);
        (await ReadAsync("fairlead_mqtt_messages_total", "direction=\"out\"", "qos=\"1\"")).ShouldBe(3);
        (await ReadAsync("fairlead_mqtt_message_bytes_total", "direction=\"out\"")).ShouldBe(15);
        foreach (var subscriber in subscribers)
            await subscriber.DisposeAsync();
    }

    private async Task<long> ReadAsync(string name, params string[] labels)
    {
        using var client = new HttpClient();
        var page = await client.GetStringAsync(new Uri(Hub.Http, "/metrics"), TestContext.Current.CancellationToken);
        var line = page.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is '{' or ' '
            && labels.All(label => line.Contains(label, StringComparison.Ordinal)));
        return long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }
}
