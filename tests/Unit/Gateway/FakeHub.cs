using System.Collections.Concurrent;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Unit.Gateway;

/// <summary>A hub in memory: what a gateway asks of one, without bytes in between.</summary>
internal sealed class FakeHub : IHubDialer
{
    private readonly Lock _gate = new();
    private int _credits;

    public List<FakeConnection> Connections { get; } = [];

    /// <summary>Null lets an attempt to connect succeed.</summary>
    public Func<HubFault?> OnDial { get; set; } = static () => null;

    /// <summary>Null accepts a token.</summary>
    public Func<string, string, HubFault?> OnToken { get; set; } = static (_, _) => null;

    /// <summary>Null accepts a message.</summary>
    public Func<DeviceMessage, HubFault?> OnMessage { get; set; } = static _ => null;

    /// <summary>Whether outcomes are kept back until <see cref="FakeTelemetry.Settle"/>.</summary>
    public bool HoldOutcomes { get; set; }

    public ConcurrentQueue<(string Audience, string Token)> Tokens { get; } = new();

    public ConcurrentQueue<(string Device, string Kind)> Attached { get; } = new();

    public ConcurrentQueue<(string Device, string Kind)> Detached { get; } = new();

    public ConcurrentQueue<(string Device, DeviceMessage Message)> Messages { get; } = new();

    public ConcurrentQueue<(string Device, string Lock, MessageOutcome Outcome)> Settled { get; } = new();

    public ConcurrentDictionary<(string Device, string Kind), object> Links { get; } = new();

    public int Dials { get; private set; }

    /// <summary>Times that credit for cloud-to-device messages was given or taken back.</summary>
    public int Credits => Volatile.Read(ref _credits);

    public void CountCredit() => Interlocked.Increment(ref _credits);

    public Task<HubResult<IHubConnection>> DialAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Dials++;
            if (OnDial() is { } fault) return Task.FromResult<HubResult<IHubConnection>>(fault);
            var connection = new FakeConnection(this);
            Connections.Add(connection);
            return Task.FromResult<HubResult<IHubConnection>>(connection);
        }
    }

    public FakeCloud Cloud(string device) => (FakeCloud)Links[(device, "cloud")];

    public FakeMethods Methods(string device) => (FakeMethods)Links[(device, "methods")];

    public FakeTelemetry Telemetry(string device) => (FakeTelemetry)Links[(device, "telemetry")];

    public FakeTwin Twin(string device) => (FakeTwin)Links[(device, "twin")];
}

internal sealed class FakeConnection(FakeHub hub) : IHubConnection
{
    private readonly TaskCompletionSource<HubFault> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<FakeLink> Links { get; } = [];

    public Task<HubFault> Ended => _ended.Task;

    public void Cut(string why)
    {
        _ended.TrySetResult(HubFault.NoConnection(why));
        FakeLink[] links;
        lock (Links) links = [.. Links];
        foreach (var link in links) link.Lose(HubFault.NoConnection(why));
    }

    public Task<HubFault?> PutTokenAsync(string audience, string token, CancellationToken cancellationToken)
    {
        hub.Tokens.Enqueue((audience, token));
        return Task.FromResult(hub.OnToken(audience, token));
    }

    public Task<HubResult<ITelemetryLink>> OpenTelemetryAsync(string deviceId, ITelemetryEvents events, CancellationToken cancellationToken) =>
        Open<ITelemetryLink, FakeTelemetry>(deviceId, new FakeTelemetry(hub, deviceId, events));

    public Task<HubResult<ICloudMessageLink>> OpenCloudMessagesAsync(string deviceId, Action<CloudMessage> onMessage, Action<HubFault> onDetached, CancellationToken cancellationToken) =>
        Open<ICloudMessageLink, FakeCloud>(deviceId, new FakeCloud(hub, deviceId, onMessage, onDetached));

    public Task<HubResult<IMethodLink>> OpenMethodsAsync(string deviceId, Action<MethodCall> onCall, Action<HubFault> onDetached, CancellationToken cancellationToken) =>
        Open<IMethodLink, FakeMethods>(deviceId, new FakeMethods(hub, deviceId, onCall, onDetached));

    public Task<HubResult<ITwinLink>> OpenTwinAsync(string deviceId, Action<ReadOnlyMemory<byte>> onDesired, Action<HubFault> onDetached, CancellationToken cancellationToken) =>
        Open<ITwinLink, FakeTwin>(deviceId, new FakeTwin(hub, deviceId, onDesired, onDetached));

    public ValueTask DisposeAsync()
    {
        _ended.TrySetResult(HubFault.NoConnection("closed"));
        return ValueTask.CompletedTask;
    }

    private Task<HubResult<TLink>> Open<TLink, TFake>(string device, TFake link)
        where TLink : class
        where TFake : FakeLink, TLink
    {
        if (_ended.Task.IsCompleted) return Task.FromResult<HubResult<TLink>>(HubFault.NoConnection("the connection is gone"));
        hub.Attached.Enqueue((device, link.Kind));
        hub.Links[(device, link.Kind)] = link;
        lock (Links) Links.Add(link);
        return Task.FromResult<HubResult<TLink>>(link);
    }
}

internal abstract class FakeLink(FakeHub hub, string device, string kind, Action<HubFault> onDetached) : IHubLink
{
    private int _gone;

    public string Kind => kind;

    protected FakeHub Hub => hub;

    protected string Device => device;

    public bool IsGone => Volatile.Read(ref _gone) != 0;

    public void Lose(HubFault fault)
    {
        if (Interlocked.Exchange(ref _gone, 1) == 0) onDetached(fault);
    }

    public Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _gone, 1) == 0) hub.Detached.Enqueue((device, kind));
        return Task.CompletedTask;
    }
}

internal sealed class FakeTelemetry(FakeHub hub, string device, ITelemetryEvents events) : FakeLink(hub, device, "telemetry", events.OnDetached), ITelemetryLink
{
    private readonly ConcurrentQueue<(object Token, HubFault? Fault)> _held = new();

    /// <summary>Messages that may still be sent; negative for any number.</summary>
    public int Credit { get; set; } = -1;

    public LinkSend TrySend(DeviceMessage message, object token)
    {
        if (IsGone) return LinkSend.Detached;
        if (Credit == 0) return LinkSend.Wait;
        if (Credit > 0) Credit--;
        Hub.Messages.Enqueue((Device, message));
        var fault = Hub.OnMessage(message);
        if (Hub.HoldOutcomes) _held.Enqueue((token, fault));
        else events.OnOutcome(token, fault);
        return LinkSend.Sent;
    }

    public void Give(int credit)
    {
        Credit = credit;
        events.OnRoom();
    }

    public void Settle()
    {
        while (_held.TryDequeue(out var held)) events.OnOutcome(held.Token, held.Fault);
    }
}

internal sealed class FakeCloud(FakeHub hub, string device, Action<CloudMessage> onMessage, Action<HubFault> onDetached) : FakeLink(hub, device, "cloud", onDetached), ICloudMessageLink
{
    private int _number;

    public int Credit { get; private set; }

    public void SetCredit(int messages)
    {
        Hub.CountCredit();
        Credit = messages;
    }

    public void Deliver(string body, int deliveries = 0)
    {
        Credit--;
        onMessage(new CloudMessage(System.Text.Encoding.UTF8.GetBytes(body), $"{Interlocked.Increment(ref _number):x32}") { DeliveryCount = deliveries, ContentType = "application/json", Handle = this });
    }

    public Task<HubFault?> SettleAsync(CloudMessage message, MessageOutcome outcome, CancellationToken cancellationToken)
    {
        Hub.Settled.Enqueue((Device, message.LockToken, outcome));
        return Task.FromResult<HubFault?>(null);
    }
}

internal sealed class FakeMethods(FakeHub hub, string device, Action<MethodCall> onCall, Action<HubFault> onDetached) : FakeLink(hub, device, "methods", onDetached), IMethodLink
{
    public ConcurrentQueue<(string Id, int Status, string Payload)> Answers { get; } = new();

    public void Call(string name, string payload) => onCall(new MethodCall(Guid.NewGuid().ToString(), name, System.Text.Encoding.UTF8.GetBytes(payload)));

    public Task<HubFault?> RespondAsync(MethodCall call, int status, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        Answers.Enqueue((call.CorrelationId, status, System.Text.Encoding.UTF8.GetString(payload.Span)));
        return Task.FromResult<HubFault?>(null);
    }
}

internal sealed class FakeTwin(FakeHub hub, string device, Action<ReadOnlyMemory<byte>> onDesired, Action<HubFault> onDetached) : FakeLink(hub, device, "twin", onDetached), ITwinLink
{
    public string Desired { get; set; } = """{"$version":1}""";

    public string Reported { get; private set; } = """{"$version":1}""";

    public int Subscriptions { get; private set; }

    public Task<HubResult<TwinDocument>> GetAsync(CancellationToken cancellationToken) =>
        Task.FromResult<HubResult<TwinDocument>>(new TwinDocument(System.Text.Encoding.UTF8.GetBytes($$"""{"desired":{{Desired}},"reported":{{Reported}}}""")));

    public Task<HubResult<TwinVersion>> PatchReportedAsync(ReadOnlyMemory<byte> patch, long? version, CancellationToken cancellationToken)
    {
        if (version is not null and not 1) return Task.FromResult<HubResult<TwinVersion>>(new HubFault(HubFaultKind.Precondition, "status-412", "another version is current"));
        Reported = System.Text.Encoding.UTF8.GetString(patch.Span);
        return Task.FromResult<HubResult<TwinVersion>>(new TwinVersion(2));
    }

    public Task<HubFault?> SubscribeAsync(CancellationToken cancellationToken)
    {
        Subscriptions++;
        return Task.FromResult<HubFault?>(null);
    }

    public void Push(string json) => onDesired(System.Text.Encoding.UTF8.GetBytes(json));
}
