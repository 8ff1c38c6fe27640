using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Fairlead.Interop.Drivers;

/// <summary>One client inside a driver process.</summary>
public sealed class ForeignClient
{
    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>();
    private readonly TaskCompletionSource<int> _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ForeignClient(DriverProcess driver, Peer peer, string name)
    {
        (Driver, Peer, Name) = (driver, peer, name);
        driver.Register(this);
    }

    public DriverProcess Driver { get; }

    public Peer Peer { get; }

    /// <summary>The name inside the driver, not the Client Identifier.</summary>
    public string Name { get; }

    /// <summary>The answer to CONNECT.</summary>
    public Answer Connected { get; internal set; } = new(Ok: false, -1);

    /// <summary>The reason code of the hub's DISCONNECT once the connection is over; -1 when there was none.</summary>
    public Task<int> Disconnected => _disconnected.Task.WaitAsync(DriverProcess.Deadline);

    public async Task<int> SubscribeAsync(string filter, int qos, uint? identifier = null, bool? noLocal = null, bool? retainAsPublished = null, int? retainHandling = null)
    {
        var answer = await AskAsync("subscribe", new { filter, qos, subscriptionIdentifier = identifier, noLocal, retainAsPublished, retainHandling });
        return answer.ReasonCodes.ShouldHaveSingleItem();
    }

    public async Task<IReadOnlyList<int>> UnsubscribeAsync(string filter) => (await AskAsync("unsubscribe", new { filter })).ReasonCodes!;

    public Task<int> PublishAsync(string topic, string payload, int qos, bool retain = false, MessageProperties? properties = null) =>
        PublishAsync(topic, Encoding.UTF8.GetBytes(payload), qos, retain, properties);

    /// <summary>Publishes and waits for the end of the QoS handshake; returns the reason code.</summary>
    public async Task<int> PublishAsync(string topic, byte[] payload, int qos, bool retain = false, MessageProperties? properties = null) =>
        (await AskAsync("publish", new { topic, payload, qos, retain, properties })).ReasonCode;

    /// <summary>The same without judging the answer.</summary>
    public Task<Answer> TryPublishAsync(string topic, string payload, int qos) =>
        Driver.RequestAsync("publish", Name, new { topic, payload = Encoding.UTF8.GetBytes(payload), qos, retain = false });

    /// <summary>Publishes "0", "1", ... as fast as the library goes and waits until all are acknowledged.</summary>
    public Task PublishManyAsync(string topic, int count, int qos) => AskAsync("publishMany", new { topic, count, qos });

    public Task DisconnectAsync(int? reasonCode = null, uint? sessionExpiry = null) => AskAsync("disconnect", new { reasonCode, sessionExpiry });

    /// <summary>Drops the connection without DISCONNECT (MQTT.js only).</summary>
    public Task DestroyAsync() => AskAsync("destroy", null);

    /// <summary>The next message; fails after the deadline.</summary>
    public async Task<Delivery> NextAsync()
    {
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        try
        {
            return await _deliveries.Reader.ReadAsync(deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"{Peer}: no message within {DriverProcess.Deadline.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", late);
        }
    }

    /// <summary>The next messages, in order of arrival.</summary>
    public async Task<IReadOnlyList<Delivery>> NextAsync(int count)
    {
        var deliveries = new List<Delivery>(count);
        while (deliveries.Count < count)
            deliveries.Add(await NextAsync());
        return deliveries;
    }

    internal void OnEvent(JsonObject line)
    {
        switch (line["event"]!.GetValue<string>())
        {
            case "message":
                _deliveries.Writer.TryWrite(line.Deserialize<Delivery>(DriverProcess.Json)!);
                break;
            case "disconnected":
                _disconnected.TrySetResult(line["reasonCode"]!.GetValue<int>());
                break;
        }
    }

    private async Task<Answer> AskAsync(string operation, object? arguments)
    {
        var answer = await Driver.RequestAsync(operation, Name, arguments);
        answer.Ok.ShouldBeTrue($"{Peer}: {operation}: {answer.Error} (code {answer.ReasonCode})");
        return answer;
    }
}
