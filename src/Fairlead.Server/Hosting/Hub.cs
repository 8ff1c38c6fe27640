using System.Diagnostics;
using Fairlead.Broker;
using Fairlead.Broker.Durability;
using Fairlead.Features;
using Fairlead.Features.Api;
using Fairlead.Features.Notifications;
using Fairlead.Server.Backup;
using Fairlead.Server.Configuration;
using Fairlead.Server.Http;
using Fairlead.Server.Observability;
using Fairlead.Server.Security;
using Fairlead.Server.Tls;
using Fairlead.Server.WebConsole;
using Fairlead.Server.WebSockets;
using Fairlead.Storage.Events;
using Fairlead.Storage.Sqlite;
using Fairlead.Targets;
using Fairlead.Targets.Mail;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Server.Hosting;

/// <summary>A running hub: store, broker and listeners, composed and taken down in order.</summary>
public sealed class Hub : IAsyncDisposable
{
    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HubLoggerFactory _loggers;
    private readonly HubState _state = new();
    private readonly HubListeners _listeners;
    private readonly ServerCertificates? _certificates;
    private readonly UserStore _users;
    private readonly UserStore _consoleUsers;
    private readonly ConsoleSessions _sessions;
    private readonly MetricRing _ring;
    private readonly ConsoleHost _console;
    private readonly IBrokerStore _store;
    private readonly RoundTrip _roundTrip;
    private readonly WebApplication _application;
    private readonly MetricSources _metrics;
    private readonly HubFeatures _features;
    private readonly RuleTargets _targets;
    private readonly MailOutbox _outbox;
    private readonly EventStore? _events;
    private FileWatch? _watch;
    private OtlpExport? _export;
    private bool _brokerStarted;
    private int _stopped;

    private Hub(HubOptions options, HubLoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _loggers = loggers;
        _time = time;
        _log = loggers.CreateLogger("Fairlead.Hub");
        DataDirectory.Ensure(options.Data);
        var certificateLog = loggers.CreateLogger("Fairlead.Certificates");
        var authority = CertificateAuthority.Open(options.Data, time);
        if (authority.IsNew) certificateLog.CertificateMade(authority.File, authority.Expires, "first start");
        if (HubListeners.NeedTls(options)) _certificates = new ServerCertificates(options, authority, time, certificateLog);
        _users = UserStore.Open(options, loggers.CreateLogger("Fairlead.Users"));
        _consoleUsers = UserStore.OpenConsole(options, loggers.CreateLogger("Fairlead.Users"));
        _sessions = OpenSessions(options, _consoleUsers, loggers, time);
        var token = AdminToken.Open(options.AdminToken, options.Data);
        _store = StoreFactory.Create(options, loggers, time);
        options.DataPlane.LogDirectory = Path.Combine(options.Data, "logs");
        _targets = new RuleTargets(options.Targets);
        _outbox = new MailOutbox(Path.Combine(options.Data, "outbox"), options.Smtp);
        if (options.Rules.SecretsDirectory.Length == 0) options.Rules.SecretsDirectory = Path.Combine(options.Data, "secrets");
        options.IotHub.CreateUnknownDevices ??= options.DevMode;
        _events = StoreFactory.CreateEvents(options, loggers, time);
        var notifications = new NotificationSetup(options.Notifications, options.Smtp.Host.Length > 0 ? new SmtpMail(options.Smtp) : _outbox, _outbox);
        _features = new HubFeatures(
            options.Aws, options.DataPlane, _store, authority, options.Certificates, notifications, time, loggers, options.Rules, _targets.Create, options.IotHub,
            _events is null ? null : new StoredEventLog(_events));
        Broker = new MqttBroker(
            options.Broker, _store, new HubAuthenticator(options, _users, _features.ConnectAuthenticators), new HubAuthorizer(_features.MqttAuthorizer), time, new Logger<MqttBroker>(loggers));
        _features.Attach(Broker);
        _features.Description.Add(OutsideOperations.All);
        _roundTrip = new RoundTrip(Broker, _store);
        _listeners = new HubListeners(options, Broker, _features.Amqp.Endpoint, _certificates, _features.DataPlane.Authentication, time, loggers);
        _metrics = Measure(loggers.Writer);
        var webSockets = new WebSocketEndpoint(Broker, _features.Signatures, _features.DataPlane.Authentication, time, new Logger<WebSocketEndpoint>(loggers));
        _ring = new MetricRing(_metrics, time);
        _features.Console.Host = _console = new ConsoleHost(options, _certificates, _consoleUsers, _sessions, _ring, () => Listening, time.GetUtcNow());
        var console = new ConsoleEndpoint(new ConsoleAssets(options.ConsoleFiles), _sessions, _consoleUsers, options, time);
        var callers = new HttpCallers(token, _features.Tokens, console, options);
        var http = new HubHttp(
            webSockets,
            new AzureWebSockets(_features.Amqp.Endpoint, webSockets, time, new Logger<AzureWebSockets>(loggers)),
            new HealthEndpoint(_state, _store, () => _events?.IsHealthy != false),
            new AdministrationEndpoints(Broker, new MetricsPage(_metrics), callers, options),
            console,
            new ApiDoor(_features.IotHub.Endpoint, _features.Api, _features.Notifications.Endpoint, callers, time));
        _application = HubApplication.Build(options, _listeners, http, loggers);
    }

    /// <summary>The broker.</summary>
    public MqttBroker Broker { get; }

    /// <summary>Addresses on which the hub listens, with real ports.</summary>
    public IReadOnlyList<ListenUrl> Listening => _listeners.Bound;

    /// <summary>Key of the policy <c>device</c> of the Azure dialect, by which a gateway in the same process speaks for devices.</summary>
    public string DevicePolicyKey => _features.IotHub.Policies.Find("device")?.PrimaryKey ?? "";

    /// <summary>
    /// Makes a link to the console that signs an administrator in once. Null where it would be of no use: without a listener for the console, or, unless
    /// the hub is a developer's, when there are users who can sign in.
    /// </summary>
    public string? MakeConsoleLink()
    {
        var listener = Listening.FirstOrDefault(static url => url.Kind == ListenerKind.Http) ?? Listening.FirstOrDefault(static url => url.Kind == ListenerKind.Tls);
        if (listener is null || (_consoleUsers.HasUsers && !_options.DevMode)) return null;
        var host = listener.Host is "127.0.0.1" or "0.0.0.0" or "*" or "::" ? "localhost" : listener.Host;
        return $"{(listener.Kind == ListenerKind.Http ? "http" : "https")}://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{listener.Port}{_console.MakeLink(HubRole.Administrator).Path}";
    }

    /// <summary>What people should know about this start, such as a port that was taken.</summary>
    public IReadOnlyList<string> Notes => _listeners.Notes;

    /// <summary>Starts a hub.</summary>
    /// <param name="options">Configuration.</param>
    /// <param name="loggers">Log.</param>
    /// <param name="time">Clock.</param>
    /// <returns>The hub, once every listener takes connections.</returns>
    /// <exception cref="HubStartException">It cannot start.</exception>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public static async Task<Hub> StartAsync(HubOptions options, HubLoggerFactory loggers, TimeProvider time)
    {
        var started = Stopwatch.GetTimestamp();
        DataRestore.CheckComplete(options.Data);
        var hub = new Hub(options, loggers, time);
        try
        {
            var documents = hub.Broker.Start();
            hub._brokerStarted = true;
            hub._features.Start(documents);
            hub.OfferBackups();
            await hub.OpenAsync();
            hub.Opened((long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads certificates and users again (SIGHUP). Connections stay as they are.</summary>
    public void Reload()
    {
        _log.Reloading();
        _certificates?.Reload();
        _users.Reload();
        _consoleUsers.Reload();
    }

    /// <summary>Takes the log level from the configuration as it is now; one that cannot be read leaves the level as it is.</summary>
    /// <param name="loggers">Log.</param>
    /// <param name="read">Reads the configuration.</param>
    public void ReloadLogLevel(HubLoggerFactory loggers, Func<LogLevel> read)
    {
        try
        {
            loggers.Level = read();
        }
        catch (ConfigurationProblemException problem)
        {
            _log.LevelNotReloaded(problem.Message);
        }
    }

    /// <summary>Whether broker and store still answer; asked by the watchdog.</summary>
    public async Task<bool> AnswersAsync() => await _roundTrip.RunAsync() && _state.Phase == HubPhase.Ready;

    /// <summary>Says goodbye to the clients, writes what is unwritten and closes the listeners.</summary>
    /// <param name="reason">Why, for the log.</param>
    public async Task StopAsync(string reason)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        var started = Stopwatch.GetTimestamp();
        _state.Phase = HubPhase.Stopping;
        _log.Stopping(reason);
        _watch?.Dispose();
        _ring.Dispose();
        // Live pages would keep their connections open.
        _sessions.Dispose();
        using var deadline = new CancellationTokenSource(_options.Server.ShutdownTimeout, _time);
        try
        {
            await Broker.StopAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _log.StopTimedOut(_options.Server.ShutdownTimeout.TotalSeconds);
        }

        // What the last disconnects left to tell and to write.
        if (_brokerStarted) await _features.StopAsync();

        // What still is open now has had its time: Kestrel cuts it when its token is cancelled.
        using var grace = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), _time);
        await _listeners.StopPlainAsync();
        if (_listeners.UseServer) await _application.StopAsync(grace.Token);
        _export?.Dispose();
        _log.Stopped((long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        await _listeners.StopPlainAsync();
        await _application.DisposeAsync();
        // The broker disposes of its store, after a last flush that a store which was never opened would not end.
        if (_brokerStarted) await Broker.DisposeAsync();
        else await _store.DisposeAsync();
        if (_events is not null) await _events.DisposeAsync();
        _users.Dispose();
        _consoleUsers.Dispose();
        _ring.Dispose();
        await _targets.DisposeAsync();
        _outbox.Dispose();
    }

    // What the features count, for /metrics and the console.
    private MetricSources Measure(LogWriter writer) => new(Broker.Counters, _store, _certificates, writer, _time.GetUtcNow())
    {
        Shadows = _features.Shadows.Counters,
        DataPlane = _features.DataPlane.Counters,
        RegistryEvents = _features.Events.Queue,
        Rules = _features.Rules,
        Provisioning = _features.ProvisioningCounters,
        Authorizers = _features.AuthorizerCounters,
        Functions = _features.Functions,
        Devices = _features.Certificates,
        Notifications = _features.Notifications.Counters,
        IotHubMessages = _features.Messaging,
        Amqp = _features.Amqp.Endpoint.Counters,
        AmqpConnections = _features.Amqp.Endpoint,
        Events = _events,
        Edges = _features.Edges.Register,
    };

    private static ConsoleSessions OpenSessions(HubOptions options, UserStore users, HubLoggerFactory loggers, TimeProvider time)
    {
        var sessions = new ConsoleSessions(new SessionFile(Path.Combine(options.Data, "console-sessions.json"), loggers.CreateLogger("Fairlead.Console")), time);
        // A password that the configuration gives may be another than the one that somebody has signed in with.
        if (users.FixedUser is { } user) sessions.EndAll(user.Name);
        return sessions;
    }

    private async Task OpenAsync()
    {
        var transport = _application.Services.GetRequiredService<IOptions<SocketTransportOptions>>();
        await _listeners.StartPlainAsync(new SocketTransportFactory(transport, _loggers));
        // Without an endpoint of its own the server would open one that nobody asked for.
        if (_listeners.UseServer) await _application.StartAsync();
    }

    private void OfferBackups()
    {
        if (_store is SqliteStore store && _events is not null)
            _features.Backup.Host = new HubBackup(_options, store, _events, _time, _loggers.CreateLogger("Fairlead.Backup"));
    }

    private void TellSite()
    {
        _features.Site.Version = typeof(Hub).Assembly.GetName().Version?.ToString(3) ?? "";
        _features.Site.Listeners = [.. Listening.Select(static url => url.ToString())];
        _features.Site.DevMode = _options.DevMode;
        _features.Site.IotHubHost = _options.IotHub.HostNames is [var host, ..] ? host : null;
        // With a certificate of the user's own, whom to trust is for the user to say.
        if (_options.Tls.CertificateFile.Length == 0) _features.Site.RootCa = _certificates?.AuthorityPem;
        _features.Site.Open();
    }

    private void Opened(long milliseconds)
    {
        _listeners.Opened();
        TellSite();
        _watch = new FileWatch(_time, _log);
        _watch.Add(_users.Files, _users.Reload);
        _watch.Add(_consoleUsers.Files, _consoleUsers.Reload);
        _ring.Start();
        if (_certificates is not null)
        {
            _watch.Add(_certificates.Files, _certificates.Reload);
            _watch.AddHourly(_certificates.CheckExpiry);
        }

        if (_options.OtlpEndpoint.Length > 0) _export = new OtlpExport(_options, _metrics);
        _state.Phase = HubPhase.Ready;
        _log.Ready(milliseconds);
    }
}
