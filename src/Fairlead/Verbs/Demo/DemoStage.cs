using Fairlead.Client.Mqtt;
using Fairlead.Gateway.Hosting;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Fairlead.Server.Observability;
using Fairlead.Verbs.Gateway;
using Fairlead.Verbs.Kits;
using Microsoft.Extensions.Logging;

namespace Fairlead.Verbs.Demo;

/// <summary>What the tour plays on: a hub and a gateway as <c>fairlead dev</c> has them, on free ports, and a folder that goes with it.</summary>
internal sealed class DemoStage : IAsyncDisposable
{
    private readonly Hub _hub;
    private readonly GatewayHost _gateway;

    private DemoStage(string folder, Hub hub, GatewayHost gateway)
    {
        (Folder, _hub, _gateway) = (folder, hub, gateway);
        Url = new Uri($"http://127.0.0.1:{Port(ListenerKind.Http)}");
        GatewayUrl = new Uri($"http://127.0.0.1:{gateway.Listening[0].Port}");
        Variables = [("FAIRLEAD_URL", Url.GetLeftPart(UriPartial.Authority)), ("FAIRLEAD_KITS", Kits)];
        Shell = new DemoShell(Variables);
        Relay = new DemoRelay(Port(ListenerKind.Mqtts));
    }

    /// <summary>Everything that the tour writes.</summary>
    public string Folder { get; }

    /// <summary>The kits of its things.</summary>
    public string Kits => Path.Combine(Folder, "kits");

    /// <summary>HTTP address of the hub.</summary>
    public Uri Url { get; }

    /// <summary>Address of the gateway.</summary>
    public Uri GatewayUrl { get; }

    /// <summary>Environment variables with which the commands shown work elsewhere too.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables { get; }

    /// <summary>Runs commands.</summary>
    public DemoShell Shell { get; }

    /// <summary>A way to the hub's TLS listener that can be cut.</summary>
    public DemoRelay Relay { get; }

    /// <summary>Makes HTTP requests.</summary>
    public DemoWeb Web { get; } = new();

    /// <summary>Authority of the hub.</summary>
    public string RootCa => Path.Combine(Folder, "hub", "pki", "ca.cert.pem");

    /// <summary>A link that signs in to the console once.</summary>
    public string? ConsoleLink => _hub.MakeConsoleLink();

    /// <summary>Starts hub and gateway.</summary>
    public static async Task<DemoStage> StartAsync(string folder, HubLoggerFactory loggers, TimeProvider time)
    {
        var options = Configure(Path.Combine(folder, "hub"));
        Directory.CreateDirectory(Path.Combine(folder, "kits"));
        var hub = await Hub.StartAsync(options, loggers, time);
        try
        {
            var gateway = await DevGateway.StartAsync(hub, options, loggers, time, port: 0)
                ?? throw new GatewayStartException("the hub has no listener for it");
            return new DemoStage(folder, hub, gateway);
        }
        catch
        {
            await hub.StopAsync("the gateway cannot start");
            await hub.DisposeAsync();
            throw;
        }
    }

    /// <summary>Port of a listener of the hub.</summary>
    public int Port(ListenerKind kind) => _hub.Listening.First(url => url.Kind == kind).Port;

    /// <summary>The kit of a thing.</summary>
    public KitConnection KitOf(string thing) => KitConnection.Read(Path.Combine(Kits, thing), static _ => null);

    /// <summary>Somebody on this machine who looks on, without a password as in <c>fairlead dev</c>.</summary>
    public Task<DemoDevice> WatchAsync(CancellationToken cancellationToken, params string[] filters) =>
        DemoDevice.ConnectAsync(new MqttClientOptions { Server = new Uri($"mqtt://127.0.0.1:{Port(ListenerKind.Mqtt)}"), Reconnect = null }, cancellationToken, filters);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Web.Dispose();
        await Relay.DisposeAsync();
        // First: it gives back to the hub what its devices hold.
        await _gateway.StopAsync("the tour ends");
        await _gateway.DisposeAsync();
        await _hub.StopAsync("the tour ends");
        await _hub.DisposeAsync();
    }

    // Nothing of the machine's own configuration: the tour is the same everywhere.
    private static HubOptions Configure(string data)
    {
        string[] listeners = ["mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "tls://127.0.0.1:0", "amqp://127.0.0.1:0", "http://127.0.0.1:0"];
        var options = HubConfiguration.Load(new ConfigurationInputs
        {
            DevMode = true,
            Directory = Path.Combine(data, "conf.d"),
            Flags = [new("--data", "Data", data), .. listeners.Select(static listener => new FlagValue("--listen", "Listen", listener))],
        }).Options;
        options.LogLevel = LogLevel.Warning;
        // What was chosen here is what `fairlead dev` would choose with its ports taken.
        options.PortsArePreferences = true;
        return options;
    }
}
