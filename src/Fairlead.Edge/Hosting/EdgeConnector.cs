using System.Text.Json;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Health;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Remote;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Hosting;

/// <summary>The edge connector as a whole: local broker, spool, links, status, health (spec section 1).</summary>
internal sealed class EdgeConnector : IAsyncDisposable
{
    private static readonly TimeSpan LocalFirst = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Housekeeping = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private readonly EdgeParts _parts;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopTaking = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopStatus;
    private readonly List<Task> _linkTasks = [];
    private Task _local = Task.CompletedTask;
    private Task _status = Task.CompletedTask;
    private Task _rest = Task.CompletedTask;
    private HealthServer? _health;
    private long _turned;

    private EdgeConnector(EdgeParts parts, ILogger log, TimeProvider time)
    {
        _parts = parts;
        _log = log;
        _time = time;
        _stopStatus = new CancellationTokenSource();
        _turned = time.GetTimestamp();
    }

    /// <summary>Whether its loops turn; the watchdog and <c>/healthz</c> ask.</summary>
    public bool IsAlive => _time.GetElapsedTime(Volatile.Read(ref _turned)) < LongestSilence;

    /// <summary>Where the health endpoint listens; null when it does not.</summary>
    public System.Net.IPEndPoint? HealthEndPoint => _health?.EndPoint;

    /// <summary>Makes all parts and starts them; the links begin when the local side stands, or after a few seconds without it.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="reload">Reads the settings again with what the cloud wants, for configuration by a shadow.</param>
    /// <param name="loggers">Makes loggers; its level follows the settings.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="IOException">The data directory, the spool or the address of the embedded broker cannot be used.</exception>
    public static async Task<EdgeConnector> StartAsync(
        EdgeOptions options, Func<JsonElement?, EdgeConfiguration> reload, EdgeLoggerFactory loggers, TimeProvider time)
    {
        var log = loggers.CreateLogger("edge");
        var stopping = new CancellationTokenSource();
        var parts = await EdgeParts.CreateAsync(options, reload, loggers, time, stopping);
        var connector = new EdgeConnector(parts, log, time);
        log.Starts(EdgeVersion.Text, options.Links[0].DeviceId, options.Links[0].TenantId, options.DataDirectory);
        connector.Begin();
        return connector;
    }

    /// <summary>Completes when the local broker is there for the first time.</summary>
    public Task WhenLocalAsync() => _parts.Session.Ready.Task;

    /// <summary>Takes new settings: those that may change at once do, the others are named in the log.</summary>
    public void Reload(EdgeConfiguration configuration) => _parts.Reloader.Apply(configuration);

    /// <summary>Looks at certificates and keys now.</summary>
    public void LookAtFiles() => _parts.Files.LookNow();

    /// <summary>Writes everything that came to the disk.</summary>
    public async Task FlushAsync()
    {
        await _parts.Spool.FlushAsync(_stop.Token);
        _parts.SaveMemory();
    }

    /// <summary>
    /// Ends in order (spec section 16): takes nothing more locally, waits for acknowledgments, writes the spool, says goodbye on both sides.
    /// </summary>
    public async Task StopAsync(string reason)
    {
        _log.Stopping(reason);
        await _stopTaking.CancelAsync();
        using (var limit = new CancellationTokenSource(_parts.Options.ShutdownTimeout, _time))
            await Task.WhenAll(_parts.Links.Links.Select(link => link.QuiesceAsync(limit.Token)));
        await _stop.CancelAsync();
        await Task.WhenAll(_linkTasks);
        await _stopStatus.CancelAsync();
        await _status.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _parts.Reporter.CloseAsync();
        await _parts.Stopping.CancelAsync();
        await Task.WhenAll(_local, _rest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_health is not null) await _health.DisposeAsync();
        await _parts.DisposeAsync();
        _stopTaking.Dispose();
        _stop.Dispose();
        _stopStatus.Dispose();
    }

    private void Begin()
    {
        if (_parts.Options.MetricsListen is { } listen)
        {
            var page = new HealthPages(_parts, () => IsAlive);
            _health = HealthServer.TryStart(listen, page.Answer, _time, _log);
        }

        _local = _parts.Session.RunAsync(_stopTaking.Token);
        _status = _parts.Reporter.RunAsync(_stopStatus.Token);
        _rest = Task.WhenAll(_parts.Files.RunAsync(_stop.Token), KeepHouseAsync(), _parts.DeliverLeftAsync());
        foreach (var link in _parts.Links.Links) _linkTasks.Add(RunLinkAsync(link));
    }

    private async Task RunLinkAsync(RemoteLink link)
    {
        // The status before the first attempt, and the local side up first (spec sections 10 and 17.14); but no longer than a moment.
        var local = Task.WhenAll(_parts.Session.Ready.Task, _parts.Reporter.Reported.Task);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(local, Task.Delay(LocalFirst, _time, either.Token));
        await either.CancelAsync();
        await link.RunAsync(_stop.Token);
    }

    private async Task KeepHouseAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Volatile.Write(ref _turned, _time.GetTimestamp());
            _parts.SaveMemory();
            await Task.Delay(Housekeeping, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
