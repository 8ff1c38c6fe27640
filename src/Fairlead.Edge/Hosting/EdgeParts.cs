using System.Net.Sockets;
using System.Text.Json;
using Fairlead.Edge.Commands;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Health;
using Fairlead.Edge.Local;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Remote;
using Fairlead.Edge.Spool;
using Fairlead.Edge.Status;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Hosting;

/// <summary>The parts of a connector, put together; who runs them is <see cref="EdgeConnector"/>.</summary>
internal sealed class EdgeParts : IAsyncDisposable
{
    private readonly ILogger _log;
    private readonly EmbeddedBroker? _embedded;
    private readonly DeviceTwin? _twin;
    private readonly RequestMemory _requests;
    private readonly RepeatGate _memoryFaults;
    private readonly NetworkWatch _network;
    private string? _spoolFault;

    private EdgeParts(EdgeOptions options, EdgeLoggerFactory loggers, TimeProvider time, CancellationTokenSource stopping, EmbeddedBroker? embedded)
    {
        Options = options;
        Stopping = stopping;
        _embedded = embedded;
        _log = loggers.CreateLogger("edge");
        _memoryFaults = new RepeatGate(time);
        Func<CancellationToken, ValueTask<Stream>>? inside = embedded is null ? null : embedded.ConnectAsync;
        Spool = new MessageSpool(SpoolOptionsBuilder.Build(options), time, loggers.CreateLogger<MessageSpool>());
        _requests = new RequestMemory(Path.Combine(options.DataDirectory, "requests.json"), time);
        var filters = LinkSet.LocalFilters(options.Links);
        Session = new LocalSession(
            LocalClientOptions.Create(options.Local, options.Local.IntakeClientId, cleanSession: false, inside, time), filters, loggers.CreateLogger("local"));
        Services = new LinkServices
        {
            Local = Session,
            Requests = _requests,
            Inbox = new CommandInbox(Path.Combine(options.DataDirectory, "commands")),
            Metrics = Metrics,
            Loggers = loggers,
            Time = time,
            AnnouncesErrors = () => Options.AnnouncesErrors,
            LogsPayloads = () => Options.Log.Payloads,
            Stopping = stopping.Token,
        };
        _twin = DeviceTwin.TryCreate(options, loggers, time);
        Links = new LinkSet([.. options.Links.Select(link => new RemoteLink(
            link, Spool.MaskOf(link.Name), Spool.Open(link.Name), link.Name == _twin?.Link ? _twin.Twin : null, Services))]);
        Services.ReadFigures = link => ReadFigures().First(entry => entry.Link == link).Figures;
        Intake = new LocalIntake(Links, Spool, _requests, Metrics, loggers.CreateLogger("local")) { Options = options };
        Session.Messages = Intake;
        Reporter = new StatusReporter(
            LocalClientOptions.Create(options.Local, options.Local.StatusClientId, cleanSession: true, inside, time), ReadFigures, loggers.CreateLogger("local"))
        {
            Identity = () => (Options.Links[0], Options.RetainsDeviceInfo),
        };
        Files = new FileWatch(time);
        WatchAndTell();
        _network = new NetworkWatch(OnNetworkChanged);
    }

    /// <summary>Settings in force.</summary>
    public EdgeOptions Options { get; set; }

    /// <summary>The spool.</summary>
    public MessageSpool Spool { get; }

    /// <summary>The local connection.</summary>
    public LocalSession Session { get; }

    /// <summary>What takes local messages.</summary>
    public LocalIntake Intake { get; }

    /// <summary>What links share.</summary>
    public LinkServices Services { get; }

    /// <summary>The links.</summary>
    public LinkSet Links { get; }

    /// <summary>Tells applications.</summary>
    public StatusReporter Reporter { get; }

    /// <summary>Watches certificates and keys.</summary>
    public FileWatch Files { get; }

    /// <summary>Counters.</summary>
    public EdgeMetrics Metrics { get; } = new();

    /// <summary>The twin; null for none.</summary>
    public DeviceTwin? Twin => _twin;

    /// <summary>Takes new settings.</summary>
    public required SettingsReloader Reloader { get; init; }

    /// <summary>Cancelled when nothing is published locally any more.</summary>
    public CancellationTokenSource Stopping { get; }

    /// <summary>Makes all parts.</summary>
    /// <exception cref="IOException">Something that they stand on cannot be used.</exception>
    public static async Task<EdgeParts> CreateAsync(
        EdgeOptions options, Func<JsonElement?, EdgeConfiguration> reload, EdgeLoggerFactory loggers, TimeProvider time, CancellationTokenSource stopping)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var embedded = options.Local.Server is null ? new EmbeddedBroker(options.Local, time, loggers) : null;
        if (embedded is not null)
        {
            try
            {
                await embedded.StartAsync(stopping.Token);
            }
            catch (SocketException exception)
            {
                throw new IOException($"localAddress: {options.Local.EmbeddedHost}:{options.Local.EmbeddedPort} cannot be listened on: {exception.Message}", exception);
            }
        }

        var reloader = new SettingsReloader(loggers);
        var parts = new EdgeParts(options, loggers, time, stopping, embedded) { Reloader = reloader };
        reloader.Attach(parts);
        if (options.RemoteConfigShadow is { } shadow && parts.Links.Links.FirstOrDefault(static link => link.Options.Kind == LinkKind.Aws) is { } aws)
            aws.Listener = new RemoteSettings(aws, shadow, new RemoteSettingsFile(options.DataDirectory), reload, reloader, time);
        if (embedded is null) parts._log.MosquittoHint();
        return parts;
    }

    /// <summary>Publishes the commands that the last process could not bring to the local broker any more.</summary>
    public async Task DeliverLeftAsync()
    {
        foreach (var (name, topics, payload) in Services.Inbox.ReadAll())
            await RemoteInbox.DeliverAsync(Services, topics, payload, QualityOfService.AtLeastOnce, name);
    }

    /// <summary>Writes what is remembered of requests.</summary>
    public void SaveMemory()
    {
        try
        {
            _requests.Save();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (_memoryFaults.Opens(exception.Message, out _)) _log.MemoryNotWritten(exception.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _network.Dispose();
        SaveMemory();
        await Reporter.DisposeAsync();
        await Spool.DisposeAsync();
        if (_twin is not null) await _twin.DisposeAsync();
        if (_embedded is not null) await _embedded.DisposeAsync();
        Stopping.Dispose();
    }

    /// <summary>What waits for each link, and what was lost.</summary>
    public IReadOnlyList<(RemoteLink Link, BufferFigures Figures)> ReadFigures()
    {
        var statistics = Spool.Statistics;
        long dropped = statistics.Dropped.Total + Metrics.Dropped;
        return [.. Links.Links.Select(link => (link, new BufferFigures(
            link.Cursor.Pending, statistics.Bytes, link.Cursor.Pending == 0 ? 0 : statistics.OldestArrival, dropped, statistics.DeadLettered, statistics.IsBlocked, statistics.Fault)))];
    }

    private void WatchAndTell()
    {
        Session.Changed = () =>
        {
            if (Session.IsConnected) Metrics.CountLocalReconnect();
            Reporter.Wake();
        };
        Spool.StateChanged = OnSpoolState;
        foreach (var link in Links.Links)
        {
            link.StatusChanged = Reporter.Wake;
            string?[] files = [link.Options.CaFile, link.Options.CertificateFile, link.Options.KeyFile];
            Files.Add(
                files.OfType<string>(),
                names =>
                {
                    link.Log.FilesChanged(names);
                    link.Renew();
                });
        }
    }

    private void OnNetworkChanged()
    {
        foreach (var link in Links.Links)
        {
            if (link.Status.Connected) continue;
            link.Log.NetworkChanged();
            link.RetryNow();
        }
    }

    private void OnSpoolState()
    {
        string? fault = Spool.Statistics.Fault;
        Reporter.Wake();
        if (fault == _spoolFault) return;
        _spoolFault = fault;
        if (fault is null) _log.SpoolRecovered();
        else _log.SpoolFault(fault);
    }
}
