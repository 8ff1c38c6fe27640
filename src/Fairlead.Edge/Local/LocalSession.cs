using Fairlead.Client.Mqtt;
using Fairlead.Edge.Logging;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Local;

/// <summary>
/// The connection that takes local messages and publishes commands: one Session that outlives restarts, at all times connected if that can
/// be (spec section 1). It never gives up.
/// </summary>
internal sealed class LocalSession : ILocalPublisher
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(250);

    private readonly MqttClientOptions _options;
    private readonly IReadOnlyList<string> _filters;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly RepeatGate _repeats;
    private readonly TakeoverWatch _takeover;
    private readonly Lock _gate = new();
    private TaskCompletionSource<MqttClient> _current = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _connected;
    private volatile bool _contested;
    private CancellationTokenSource? _round;

    /// <summary>Makes a session; <see cref="RunAsync"/> runs it.</summary>
    /// <param name="options">How to connect.</param>
    /// <param name="filters">Topic Filters to take.</param>
    /// <param name="log">Log.</param>
    public LocalSession(MqttClientOptions options, IReadOnlyList<string> filters, ILogger log)
    {
        _options = options;
        _filters = filters;
        _log = log;
        _time = options.Time;
        _repeats = new RepeatGate(_time);
        _takeover = new TakeoverWatch(_time);
    }

    /// <summary>Whether the local broker is there.</summary>
    public bool IsConnected => _connected;

    /// <summary>Completes when the local broker was there for the first time and has the subscriptions.</summary>
    public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Raised after each connection and each loss.</summary>
    public Action? Changed { get; set; }

    /// <summary>Where messages go; before <see cref="RunAsync"/>.</summary>
    public ILocalMessages? Messages { get; set; }

    /// <summary>Connects, takes messages, and does so again after every failure until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var pause = LocalClientOptions.LongestWait;
            using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Volatile.Write(ref _round, round);
            var client = new MqttClient(_options);
            client.StateChanged += OnStateChanged;
            try
            {
                await client.ConnectAsync(round.Token);
                // With a Session from before the subscriptions stand, and the answer to SUBSCRIBE may come late: it is behind what is stored.
                if (client.ConnAck.SessionPresent) Stand(client);
                // Both at once: the answer to SUBSCRIBE may stand behind more stored messages than the client holds.
                var receiving = ReceiveAsync(client, round.Token);
                await Task.WhenAny(receiving, SubscribeAsync(client, round));
                Stand(client);
                await receiving;
            }
            catch (OperationCanceledException)
            {
                // Either the end, or this connection is given up: somebody else has our name, or the subscriptions have to be asked for anew.
                if (!_contested) pause = Again;
            }
            catch (MqttException exception)
            {
                Report(exception.Message, 0, pause);
            }
            catch (Exception exception)
            {
                _log.LoopFailed(exception);
            }

            Unpublishable();
            await client.DisposeAsync();
            Volatile.Write(ref _round, null);
            if (_contested)
            {
                _contested = false;
                pause = TakeoverWatch.Pause;
                _log.TakenOver(_options.ClientId, pause.TotalSeconds);
            }

            if (!cancellationToken.IsCancellationRequested)
                await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, QualityOfService qos, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<MqttClient> current;
            lock (_gate) current = _current.Task;
            if (qos == QualityOfService.AtMostOnce && !current.IsCompleted) return;
            var client = await current.WaitAsync(cancellationToken);
            try
            {
                await client.PublishAsync(topic, payload, qos, retain: false, cancellationToken);
                return;
            }
            catch (MqttException exception) when (exception.Failure is MqttFailure.NotConnected or MqttFailure.Closed or MqttFailure.Timeout)
            {
                if (qos == QualityOfService.AtMostOnce) return;
                await Task.Delay(Again, _time, cancellationToken);
            }
        }
    }

    private async Task SubscribeAsync(MqttClient client, CancellationTokenSource round)
    {
        // What an earlier Kanto left in the Session is covered by wider filters; both would deliver answers twice.
        string[] narrow = ["command//+/res/#", "c//+/s/#", "edge/thing/request"];
        try
        {
            await client.UnsubscribeAsync(new UnsubscribePacket { Filters = narrow }, round.Token);
            await client.SubscribeAsync(
                new SubscribePacket { Subscriptions = [.. _filters.Select(static filter => new SubscriptionRequest(filter, QualityOfService.AtLeastOnce))] },
                round.Token);
            _log.TakesMessages(string.Join(' ', _filters));
        }
        catch (MqttException exception) when (exception.Failure == MqttFailure.Refused)
        {
            _log.SubscriptionRefused(exception.Message);
        }
        catch (MqttException exception)
        {
            // The connection went before the answer came: a fresh start asks again, a reconnect alone would not.
            _log.ConnectionLost(exception.Message);
            await round.CancelAsync();
        }
    }

    private async Task ReceiveAsync(MqttClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            var first = await client.ReceiveAsync(cancellationToken);
            await Messages!.TakeAsync(first, client, cancellationToken);
        }
    }

    private void OnStateChanged(ConnectionStateChange change)
    {
        switch (change.State)
        {
            case ConnectionState.Connected when change.Error is null:
                _takeover.OnConnected();
                _repeats.Reset();
                _log.Connected(_options.OpenTransport is null ? _options.Server.Authority : "the embedded broker", change.SessionPresent ? "resumed" : "new");
                Messages!.OnConnected(change.SessionPresent);
                _connected = true;
                break;
            case ConnectionState.Connected:
                _log.SubscriptionRefused(change.Error.Message);
                return;
            case ConnectionState.Reconnecting:
                // An attempt that failed in between tells of a broker that was away, not of a rival.
                if (change.Attempt > 1) _takeover.Reset();
                bool saidSo = change.Error is { FromServer: true, ReasonCode: ReasonCode.SessionTakenOver };
                if (_connected && _takeover.OnClosed(saidSo, change.Error?.Failure == MqttFailure.Closed))
                {
                    _contested = true;
                    _ = Volatile.Read(ref _round)?.CancelAsync();
                }

                _connected = false;
                Report(change.Error?.Message ?? "the connection is gone", change.Attempt, change.RetryIn ?? TimeSpan.Zero);
                break;
            default:
                _connected = false;
                break;
        }

        Changed?.Invoke();
    }

    private void Report(string error, int attempt, TimeSpan wait)
    {
        if (_repeats.Opens(error, out int repeats)) _log.ConnectFailed(error, attempt, wait.TotalSeconds, repeats);
    }

    private void Stand(MqttClient client)
    {
        lock (_gate) _current.TrySetResult(client);
        Ready.TrySetResult();
    }

    private void Unpublishable()
    {
        _connected = false;
        lock (_gate)
        {
            if (_current.Task.IsCompleted) _current = new TaskCompletionSource<MqttClient>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Changed?.Invoke();
    }
}
