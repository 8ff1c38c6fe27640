using Fairlead.Client.Mqtt;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Topics;
using Fairlead.Edge.Twin;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Edge.Remote;

/// <summary>One connection to a remote endpoint, from CONNECT to its end: subscriptions, sending, receiving, and the watch over both.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "The client is disposed of at the end of RunAsync, the one life that a connection has")]
internal sealed class LinkConnection
{
    private const int FiltersPerSubscribe = 8; // spec section 4: a limit of AWS
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly RemoteLink _link;
    private readonly LinkServices _services;
    private readonly MqttClient _client;
    private readonly StallWatch _stall;
    private readonly MessageSender _sender;
    private readonly RemoteInbox _inbox;
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes a connection of a link.</summary>
    public LinkConnection(RemoteLink link, LinkServices services)
    {
        _link = link;
        _services = services;
        _client = new MqttClient(RemoteClientOptions.Create(link.Options, services.Time));
        _client.StateChanged += OnStateChanged;
        _stall = new StallWatch(services.Time, link.Options.StallTimeout);
        var dialect = LinkDialect.For(link.Options);
        _sender = new MessageSender(link, services, _client, dialect, _stall);
        _inbox = new RemoteInbox(link, services, dialect);
        Dialect = dialect;
    }

    private LinkDialect Dialect { get; }

    /// <summary>Runs the connection to its end.</summary>
    public async Task<LinkEnd> RunAsync(CancellationToken cancellationToken)
    {
        long since = 0;
        bool connected = false;
        Exception? error;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> loops = [];
        try
        {
            await _client.ConnectAsync(cancellationToken);
            since = _services.Time.GetTimestamp();
            // Both at once: what the endpoint stored comes before its answer to SUBSCRIBE.
            loops.Add(GuardAsync(_inbox.RunAsync(_client, stop.Token)));
            await SubscribeAsync(cancellationToken);
            connected = !_ended.Task.IsCompleted;
            if (connected) Begin(loops, stop.Token);
            error = await _ended.Task.WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is MqttException or OperationCanceledException)
        {
            error = cancellationToken.IsCancellationRequested ? null : exception;
        }

        await stop.CancelAsync();
        await _client.DisposeAsync();
        await Task.WhenAll(loops);
        await _sender.WhenIdleAsync();
        if (connected && _link.Twin is { } twin) _link.Execute(twin.OnHubDisconnected());
        _sender.OnEnded(lost: connected && error is not null);
        return new LinkEnd(connected, connected ? _services.Time.GetElapsedTime(since) : TimeSpan.Zero, error);
    }

    /// <summary>Ends the connection.</summary>
    /// <param name="error">Why; null when it is wanted.</param>
    public void End(Exception? error) => _ended.TrySetResult(error);

    /// <summary>Takes nothing more from the spool.</summary>
    public void StopSending() => _sender.Stop();

    /// <summary>Twin commands that are done.</summary>
    public void Finish(IReadOnlyList<long> records) => _sender.Finish(records);

    private void Begin(List<Task> loops, CancellationToken stop)
    {
        _link.Log.Connected(_link.Options.Server.Authority, _client.ConnAck.SessionPresent ? "resumed" : "new");
        _link.SetConnected();
        _stall.Touch();
        // Before anything is sent: the hub learns how much has waited.
        if (_link.Options.ReportsStatus) loops.Add(GuardAsync(new HubReporter(_link, _services, _client).RunAsync(stop)));
        if (_link.Twin is { } twin)
        {
            _link.Execute(twin.OnHubConnected());
            loops.Add(GuardAsync(_sender.SendRequestsAsync(twin, stop)));
            loops.Add(GuardAsync(WaitForTwinAsync(twin, stop)));
        }

        _link.Listener?.OnConnected(async (topic, payload) => await _client.PublishAsync(topic, payload, QualityOfService.AtLeastOnce, retain: false, stop));
        loops.Add(GuardAsync(_sender.DrainAsync(stop)));
        loops.Add(GuardAsync(WatchAsync(stop)));
    }

    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        List<SubscriptionRequest> wanted = [.. Dialect.Subscriptions.Select(filter => new SubscriptionRequest(filter, _link.Options.CommandQos))];
        foreach (var mapping in _link.Options.Mappings.Where(static mapping => !mapping.Outbound))
            wanted.Add(new SubscriptionRequest(mapping.From, mapping.QoS));
        if (_link.Twin is { } twin) wanted.AddRange(twin.Subscriptions.Select(static filter => new SubscriptionRequest(filter, QualityOfService.AtLeastOnce)));
        if (_link.Listener is { } listener)
            wanted.AddRange(listener.Subscriptions.Select(static filter => new SubscriptionRequest(filter, QualityOfService.AtLeastOnce)));
        using var limit = new CancellationTokenSource(_link.Options.ConnectTimeout, _services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        foreach (var group in wanted.DistinctBy(static request => request.Filter).Chunk(FiltersPerSubscribe))
        {
            try
            {
                await _client.SubscribeAsync(new SubscribePacket { Subscriptions = group }, either.Token);
            }
            catch (MqttException exception) when (exception.Failure == MqttFailure.Refused)
            {
                // Messages still go out; whoever reads the log sees which filter the policy lacks.
                _link.Log.SubscriptionRefused(exception.Message);
            }
        }
    }

    private async Task WaitForTwinAsync(ITwin twin, CancellationToken cancellationToken)
    {
        while (true) _link.Execute(await twin.WaitAsync(cancellationToken));
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Tick, _services.Time, cancellationToken);
            int underWay = _link.Window.UnderWay;
            if (!_stall.IsStalled(underWay)) continue;
            _link.Log.Stalled(_link.Options.StallTimeout.TotalSeconds, underWay);
            End(new TimeoutException($"no acknowledgment for {_link.Options.StallTimeout.TotalSeconds:0} s"));
        }
    }

    // A loop that fails ends the connection, so that the next one starts from what the spool knows.
    private async Task GuardAsync(Task loop)
    {
        try
        {
            await loop;
        }
        catch (OperationCanceledException)
        {
            // The connection is over.
        }
        catch (MqttException exception)
        {
            End(exception);
        }
        catch (Exception exception)
        {
            _link.Log.LoopFailed(exception);
            End(exception);
        }
    }

    private void OnStateChanged(ConnectionStateChange change)
    {
        if (change.State is ConnectionState.Disconnected && change.Error is not null) End(change.Error);
        else if (change.State is ConnectionState.Closed) End(null);
    }
}
