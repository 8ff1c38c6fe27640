using System.Diagnostics;
using Fairlead.Broker;
using Fairlead.Broker.Durability;
using Fairlead.Server.Configuration;
using Fairlead.Server.Observability;
using Fairlead.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Hosting;

/// <summary>A running hub: store, broker and listeners, composed and taken down in order.</summary>
public sealed class Hub : IAsyncDisposable
{
    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IBrokerStore _store;
    private readonly HubListeners _listeners;
    private readonly WebApplication _application;
    private int _stopped;

    private Hub(HubOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _time = time;
        _log = loggers.CreateLogger("Fairlead.Hub");
        DataDirectory.Ensure(options.Data);
        _store = StoreFactory.Create(options, loggers, time);
        Broker = new MqttBroker(
            options.Broker, _store, new HubAuthenticator(options), new HubAuthorizer(), time, new Logger<MqttBroker>(loggers));
        _listeners = new HubListeners(options, Broker, time, loggers);
        _application = HubApplication.Build(options, _listeners, loggers);
    }

    /// <summary>The broker.</summary>
    public MqttBroker Broker { get; }

    /// <summary>Addresses on which the hub listens, with real ports.</summary>
    public IReadOnlyList<ListenUrl> Listening => _listeners.Bound;

    /// <summary>What people should know about this start, such as a port that was taken.</summary>
    public IReadOnlyList<string> Notes => _listeners.Notes;

    /// <summary>Starts a hub.</summary>
    /// <param name="options">Configuration.</param>
    /// <param name="loggers">Log.</param>
    /// <param name="time">Clock.</param>
    /// <returns>The hub, once every listener takes connections.</returns>
    /// <exception cref="HubStartException">It cannot start.</exception>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public static async Task<Hub> StartAsync(HubOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        var started = Stopwatch.GetTimestamp();
        var hub = new Hub(options, loggers, time);
        try
        {
            hub.Broker.Start();
            await hub._application.StartAsync();
            hub._listeners.Opened();
            hub._log.Ready((long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says goodbye to the clients, writes what is unwritten and closes the listeners.</summary>
    /// <param name="reason">Why, for the log.</param>
    public async Task StopAsync(string reason)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        var started = Stopwatch.GetTimestamp();
        _log.Stopping(reason);
        using var deadline = new CancellationTokenSource(_options.Server.ShutdownTimeout, _time);
        await Broker.StopAsync(deadline.Token);
        // What still is open now has had its time: Kestrel cuts it when its token is cancelled.
        using var grace = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), _time);
        await _application.StopAsync(grace.Token);
        _log.Stopped((long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        await Broker.DisposeAsync();
        await _store.DisposeAsync();
    }
}
