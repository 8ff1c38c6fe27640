using System.Globalization;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Certificates;

/// <summary>Devices of one test: their files and their connections.</summary>
public sealed class Devices(AwsHub hub) : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-devices-");
    private readonly List<Stage> _stages = [];

    /// <summary>openssl, in a folder of its own.</summary>
    public OpenSsl OpenSsl { get; } = new();

    /// <summary>A device with a certificate of the hub that may do everything.</summary>
    public Task<DeviceKit> MakeAsync(string name = "device", bool mayEverything = true) => DeviceKit.IssueAsync(name, hub.Hub, _folder.FullName, mayEverything);

    /// <summary>A device with a certificate that openssl made.</summary>
    public DeviceKit Made(string name, bool withChain = false) =>
        new(OpenSsl[withChain ? $"{name}.chain.pem" : $"{name}.pem"], OpenSsl[$"{name}.key"], hub.Ca);

    /// <summary>Attaches the policy of the kits, which allows everything.</summary>
    public async Task AllowAsync(string certificateId)
    {
        await MakeAsync("first"); // the policy is there when a kit was made
        await hub.JavaScript.IotAsync("AttachPolicy", new { policyName = "device-kit-everything", target = $"arn:aws:iot:us-east-1:123456789012:cert/{certificateId}" });
    }

    public Stage Stage(DeviceKit kit)
    {
        var stage = new Stage(hub.Hub, kit);
        _stages.Add(stage);
        return stage;
    }

    /// <summary>Connects and expects it to be accepted.</summary>
    public Task<ForeignClient> ConnectAsync(DeviceKit kit, Foreign library = Foreign.Paho, int version = 5, Route route = Route.Tls) =>
        Stage(kit).ConnectAsync(new Peer(library, version, route), Settings(library, route));

    /// <summary>Connects and expects a refusal; returns the hub's line about it.</summary>
    public async Task<string> RefusedAsync(DeviceKit kit, string because, Foreign library = Foreign.Paho, int version = 5, Route route = Route.Tls)
    {
        var stage = Stage(kit);
        var clientId = stage.ClientId("refused");
        var client = await stage.TryConnectAsync(new Peer(library, version, route), Settings(library, route) with { ClientId = clientId });
        client.Connected.Ok.ShouldBeFalse();
        // 3.1.1 is cut off without a CONNACK: a library that saw one would tell its return code, 1 to 5.
        if (library != Foreign.AwsSdk) client.Connected.ReasonCode.ShouldBe(version == 5 ? 0x87 : -1, client.Connected.Error);
        return await hub.Hub.LogLineAsync("connect_refused", $"\"{clientId}\"", kit.CertificateId, because);
    }

    /// <summary>Arguments of mosquitto's tools.</summary>
    public string[] Mosquitto(DeviceKit kit, string version, string listener = "mqtts", params string[] further) =>
    [
        "-h", "localhost", "-p", hub.Hub.Listener(listener).Port.ToString(CultureInfo.InvariantCulture), "-V", version,
        "--cafile", kit.RootCa, "--cert", kit.Certificate, "--key", kit.PrivateKey, .. further,
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (var stage in _stages) await stage.DisposeAsync();
        OpenSsl.Dispose();
        _folder.Delete(recursive: true);
    }

    private static ConnectSettings Settings(Foreign library, Route route) => library == Foreign.AwsSdk && route != Route.AlpnMqtt
        ? new ConnectSettings { Builder = "mtls" }
        : new ConnectSettings();
}
