using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Policies;

/// <summary>A device with a certificate and one policy of its own, whose document can be changed while it is connected.</summary>
public sealed class GovernedDevice : IAsyncDisposable
{
    public const string Scope = "arn:aws:iot:us-east-1:123456789012:";

    private readonly AwsHub _hub;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-governed-");
    private readonly List<Stage> _stages = [];
    private string? _version;

    private GovernedDevice(AwsHub hub) => _hub = hub;

    public DeviceKit Kit { get; private set; } = null!;

    public string Policy { get; } = $"governed-{Guid.NewGuid():N}";

    public string Arn => $"{Scope}cert/{Kit.CertificateId}";

    /// <summary>Makes a device that may do what the statements say, and nothing else.</summary>
    public static async Task<GovernedDevice> MakeAsync(AwsHub hub, params string[] statements)
    {
        var device = new GovernedDevice(hub);
        device.Kit = await DeviceKit.IssueAsync("device", hub.Hub, device._folder.FullName, mayEverything: false);
        await hub.Boto3.IotAsync("CreatePolicy", new { policyName = device.Policy, policyDocument = Document(statements) });
        await hub.Boto3.IotAsync("AttachPolicy", new { policyName = device.Policy, target = device.Arn });
        device._version = "1";
        return device;
    }

    /// <summary>Puts another document in force.</summary>
    public async Task AllowAsync(params string[] statements)
    {
        var made = await _hub.Boto3.IotAsync("CreatePolicyVersion", new { policyName = Policy, policyDocument = Document(statements), setAsDefault = true });
        await _hub.Boto3.IotAsync("DeletePolicyVersion", new { policyName = Policy, policyVersionId = _version });
        _version = made.GetProperty("policyVersionId").GetString();
    }

    /// <summary>Makes a thing and attaches the certificate to it.</summary>
    public async Task AttachThingAsync(string name, bool exclusive = false)
    {
        await _hub.JavaScript.IotAsync("CreateThing", new { thingName = name });
        await _hub.JavaScript.IotAsync("AttachThingPrincipal", exclusive
            ? new { thingName = name, principal = Arn, thingPrincipalType = "EXCLUSIVE_THING" }
            : new { thingName = name, principal = Arn, thingPrincipalType = "NON_EXCLUSIVE_THING" });
    }

    public Task<ForeignClient> ConnectAsync(string clientId, Foreign library = Foreign.MqttJs, int version = 5, ConnectSettings? settings = null) =>
        Stage().ConnectAsync(new Peer(library, version, Route.Tls), (settings ?? new ConnectSettings()) with { ClientId = clientId });

    public Task<ForeignClient> TryConnectAsync(string clientId, Foreign library = Foreign.MqttJs, int version = 5, ConnectSettings? settings = null) =>
        Stage().TryConnectAsync(new Peer(library, version, Route.Tls), (settings ?? new ConnectSettings()) with { ClientId = clientId });

    /// <summary>TestAuthorization of one action on one resource, by boto3.</summary>
    public async Task<JsonElement> TestAsync(string action, string resource, string? clientId = null)
    {
        var questions = new[] { new { actionType = action, resources = new[] { Scope + resource } } };
        var answer = clientId is null
            ? await _hub.Boto3.IotAsync("TestAuthorization", new { principal = Arn, authInfos = questions })
            : await _hub.Boto3.IotAsync("TestAuthorization", new { principal = Arn, authInfos = questions, clientId });
        return answer.GetProperty("authResults")[0];
    }

    public static string Statement(string effect, string action, string resource, string? condition = null)
    {
        var suffix = condition is null ? "" : $",\"Condition\":{condition}";
        return $$"""{"Effect":"{{effect}}","Action":"iot:{{action}}","Resource":"{{(resource == "*" ? "*" : Scope + resource)}}"{{suffix}}}""";
    }

    public static string Document(params string[] statements) => $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""";

    public async ValueTask DisposeAsync()
    {
        foreach (var stage in _stages) await stage.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    // One stage: its drivers are shared.
    private Stage Stage()
    {
        if (_stages.Count == 0) _stages.Add(new Stage(_hub.Hub, Kit));
        return _stages[0];
    }
}
