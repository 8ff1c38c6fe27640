using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop;

/// <summary>One test's corner of a hub: a topic prefix of its own, and the driver processes it started.</summary>
public sealed class Stage(HubProcess hub, DeviceKit? kit = null) : IAsyncDisposable
{
    private static int _lastNumber;

    private readonly List<DriverProcess> _drivers = [];
    private readonly string _unique = $"i{Environment.ProcessId:x}-{Interlocked.Increment(ref _lastNumber):x}";
    private int _lastName;

    /// <summary>A topic below this test's own prefix.</summary>
    public string Topic(string name) => $"{_unique}/{name}";

    /// <summary>A Client Identifier that even MQTT 3.1 allows (23 characters).</summary>
    public string ClientId(string name) => $"{_unique}-{name}";

    /// <summary>Connects and expects it to be accepted.</summary>
    public async Task<ForeignClient> ConnectAsync(Peer peer, ConnectSettings? settings = null, bool ownProcess = false)
    {
        var client = await TryConnectAsync(peer, settings, ownProcess);
        if (!client.Connected.Ok)
            Assert.Fail($"{peer}: {client.Connected.Error} (code {client.Connected.ReasonCode})\n{string.Join('\n', hub.Log.Split('\n').TakeLast(20))}");
        return client;
    }

    /// <summary>Connects; <see cref="ForeignClient.Connected"/> tells how it went.</summary>
    public async Task<ForeignClient> TryConnectAsync(Peer peer, ConnectSettings? settings = null, bool ownProcess = false)
    {
        var driver = ownProcess ? null : _drivers.Find(running => running.Library == peer.Library);
        if (driver is null)
        {
            driver = DriverProcess.Start(peer.Library);
            _drivers.Add(driver);
        }

        settings ??= new ConnectSettings();
        var client = new ForeignClient(driver, peer, $"c{++_lastName}");
        var request = JsonSerializer.SerializeToNode(settings with { ClientId = settings.ClientId ?? ClientId($"{_lastName}") }, DriverProcess.Json)!.AsObject();
        request["version"] = peer.Version;
        request["url"] = Url(peer.Route);
        AddTls(request, peer.Route);
        client.Connected = await driver.RequestAsync("connect", client.Name, request);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var driver in _drivers)
            await driver.DisposeAsync();
    }

    // TLS routes go by name: Server Name Indication does not take addresses.
    private string Url(Route route) => route switch
    {
        Route.Tcp => hub.Mqtt.OriginalString,
        Route.Ws => hub.Listener("ws").OriginalString,
        Route.Wss => Named("wss", "wss", "/mqtt"),
        Route.WssOnTls => Named("wss", "tls", "/mqtt"),
        Route.Tls => Named("mqtts", "mqtts", ""),
        _ => Named("mqtts", "tls", ""),
    };

    private string Named(string scheme, string listener, string path) => $"{scheme}://localhost:{hub.Listener(listener).Port}{path}";

    private void AddTls(JsonObject request, Route route)
    {
        if (route is Route.Tcp or Route.Ws)
            return;
        var device = kit ?? throw new InvalidOperationException("This stage has no certificates.");
        request["ca"] = device.RootCa;
        if (route is Route.Tls or Route.AlpnAws)
            (request["cert"], request["key"]) = (device.Certificate, device.PrivateKey);
        if (route is Route.AlpnAws or Route.AlpnMqtt)
            request["alpn"] = route == Route.AlpnAws ? "x-amzn-mqtt-ca" : "mqtt";
    }
}
