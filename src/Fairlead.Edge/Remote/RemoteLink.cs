using Fairlead.Edge.Configuration;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Spool;
using Fairlead.Edge.Status;
using Fairlead.Edge.Twin;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Remote;

/// <summary>One remote endpoint: its connection, made again for ever, and what goes over it (spec sections 4, 8, 9).</summary>
internal sealed class RemoteLink
{
    private readonly LinkServices _services;
    private readonly ReconnectBackoff _backoff;
    private readonly RepeatGate _repeats;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private LinkConnection? _connection;
    private TaskCompletionSource _retry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LinkStatus _status;
    private long _reconnects;
    private long _sent;
    private long _shadowSyncedAt;
    private volatile bool _stopping;

    /// <summary>Makes a link; <see cref="RunAsync"/> runs it.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="mask">Its bit in the spool.</param>
    /// <param name="cursor">What it has to send.</param>
    /// <param name="twin">The twin of its device; null when twin messages go out unchanged.</param>
    /// <param name="services">What all links share.</param>
    public RemoteLink(LinkOptions options, long mask, SpoolCursor cursor, ITwin? twin, LinkServices services)
    {
        Options = options;
        Mask = mask;
        Cursor = cursor;
        Twin = twin;
        _services = services;
        _time = services.Time;
        Log = services.Loggers.CreateLogger(options.Name);
        Pace = new SendPace(_time, options.MessageRate, options.ByteRate);
        Window = new SendWindow(options.Inflight);
        _backoff = new ReconnectBackoff(options.Backoff, services.Random);
        _repeats = new RepeatGate(_time);
        _status = new LinkStatus { Since = _time.GetUtcNow() };
    }

    /// <summary>Settings; a reload replaces what may change.</summary>
    public LinkOptions Options { get; private set; }

    /// <summary>Its bit in the spool.</summary>
    public long Mask { get; }

    /// <summary>What it has to send.</summary>
    public SpoolCursor Cursor { get; }

    /// <summary>The twin; null for none.</summary>
    public ITwin? Twin { get; }

    /// <summary>Its log.</summary>
    public ILogger Log { get; }

    /// <summary>How fast it may send.</summary>
    public SendPace Pace { get; }

    /// <summary>What it has under way.</summary>
    public SendWindow Window { get; }

    /// <summary>Where it stands.</summary>
    public LinkStatus Status => Volatile.Read(ref _status);

    /// <summary>Connections made after the first.</summary>
    public long Reconnects => Math.Max(0, Interlocked.Read(ref _reconnects) - 1);

    /// <summary>Local messages that the endpoint has acknowledged since the start of the process.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>When the endpoint last acknowledged a shadow request, milliseconds since the Unix epoch; 0 for never.</summary>
    public long ShadowSyncedAt => Interlocked.Read(ref _shadowSyncedAt);

    /// <summary>Raised when <see cref="Status"/> has changed.</summary>
    public Action? StatusChanged { get; set; }

    /// <summary>What else wants to see remote messages and connections; null for nothing.</summary>
    public IRemoteListener? Listener { get; set; }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var end = await ConnectOnceAsync(cancellationToken);
            if (cancellationToken.IsCancellationRequested) return;
            bool wanted = end.Error is null;
            if (wanted) _backoff.Reset();
            var wait = wanted ? TimeSpan.Zero : end.WasConnected ? _backoff.OnLost(end.Lasted) : _backoff.OnFailed(end.IsRefusal);
            Report(end, wait);
            await WaitAsync(wait, cancellationToken);
        }
    }

    /// <summary>Does what the twin asks for.</summary>
    public void Execute(in TwinOutput output)
    {
        if (output.IsEmpty) return;
        foreach (var local in output.Local) _ = PublishLocallyAsync(local);
        if (output.Finished.Count > 0) _connection?.Finish(output.Finished);
    }

    /// <summary>Takes new settings: those that may change at once do.</summary>
    public void Update(LinkOptions options)
    {
        Options = options;
        Pace.Update(options.MessageRate, options.ByteRate);
        Window.Limit = options.Inflight;
    }

    /// <summary>Connects anew, at once: files or settings have changed.</summary>
    public void Renew()
    {
        _backoff.Reset();
        RetryNow();
        _connection?.End(null);
    }

    /// <summary>Ends a wait before the next attempt; a connection that stands is left alone.</summary>
    public void RetryNow()
    {
        TaskCompletionSource retry;
        lock (_gate)
        {
            retry = _retry;
            _retry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        retry.TrySetResult();
    }

    /// <summary>Sends nothing new, and waits for acknowledgments as long as it may.</summary>
    public async Task QuiesceAsync(CancellationToken limit)
    {
        _stopping = true;
        _connection?.StopSending();
        await Window.WhenEmptyAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The endpoint has acknowledged local messages.</summary>
    internal void CountSent(int messages) => Interlocked.Add(ref _sent, messages);

    /// <summary>The endpoint has acknowledged a shadow request.</summary>
    internal void NoteShadowSync() => Interlocked.Exchange(ref _shadowSyncedAt, _time.GetUtcNow().ToUnixTimeMilliseconds());

    internal void SetConnected()
    {
        if (Interlocked.Increment(ref _reconnects) > 0) _repeats.Reset();
        SetStatus(new LinkStatus { Connected = true, Cause = "", Since = _time.GetUtcNow() });
    }

    private async Task<LinkEnd> ConnectOnceAsync(CancellationToken cancellationToken)
    {
        var connection = new LinkConnection(this, _services);
        if (_stopping) connection.StopSending();
        _connection = connection;
        try
        {
            return await connection.RunAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.LoopFailed(exception);
            return new LinkEnd(false, TimeSpan.Zero, exception);
        }
        catch (OperationCanceledException)
        {
            return new LinkEnd(false, TimeSpan.Zero, null);
        }
        finally
        {
            _connection = null;
        }
    }

    private void Report(in LinkEnd end, TimeSpan wait)
    {
        if (end.Error is null) return;
        if (end.WasConnected) Log.ConnectionLost(end.Error.Message);
        else if (_repeats.Opens(end.Error.Message, out int repeats)) Log.ConnectFailed(end.Error.Message, _backoff.Attempts, wait.TotalSeconds, repeats);
        var before = Status;
        SetStatus(new LinkStatus
        {
            Connected = false,
            Cause = end.Cause,
            Since = before.Connected || before.Cause == ConnectionCause.Unknown ? _time.GetUtcNow() : before.Since,
            Attempt = _backoff.Attempts + 1,
            RetryIn = wait,
            Detail = end.Error.Message,
        });
    }

    private void SetStatus(LinkStatus status)
    {
        Volatile.Write(ref _status, status);
        StatusChanged?.Invoke();
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait <= TimeSpan.Zero) return;
        Task retry;
        lock (_gate) retry = _retry.Task;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(retry, Task.Delay(wait, _time, either.Token));
        await either.CancelAsync();
    }

    private async Task PublishLocallyAsync(LocalPublish publish)
    {
        try
        {
            await _services.Local.PublishAsync(publish.Topic, publish.Payload, QualityOfService.AtLeastOnce, _services.Stopping);
            _services.Metrics.Count("in", "twin", "delivered");
        }
        catch (Exception exception) when (exception is OperationCanceledException or Client.Mqtt.MqttException)
        {
            _services.Metrics.Count("in", "twin", "lost");
        }
    }
}
