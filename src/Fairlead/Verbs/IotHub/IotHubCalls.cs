using System.Text.Json;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.IotHub;

/// <summary>What several verbs of the Azure dialect do. They call the same HTTP API as SDKs, with the administration token.</summary>
internal static class IotHubCalls
{
    private const string Version = "api-version=2021-04-12";

    /// <summary>A path with the version of the API.</summary>
    public static string Path(string path) => $"{path}?{Version}";

    /// <summary>Path of an identity.</summary>
    public static string PathOf(string device, string? module) =>
        module is null ? $"/devices/{HubRequest.Segment(device)}" : $"/devices/{HubRequest.Segment(device)}/modules/{HubRequest.Segment(module)}";

    /// <summary>How an identity is called in talk.</summary>
    public static string Told(string device, string? module) => module is null ? $"the device {device}" : $"the module {module} of {device}";

    /// <summary>An identity with its keys.</summary>
    public static Task<JsonElement> ReadAsync(ApiCall call, string device, string? module) =>
        call.SendAsync(HubRequest.Get(Path(PathOf(device, module))), $"cannot show {Told(device, module)}");

    /// <summary>A key of an identity.</summary>
    public static string KeyOf(JsonElement identity, string told, bool secondary = false) =>
        identity.GetProperty("authentication").TryGetProperty("symmetricKey", out var keys) && keys.TryGetProperty(secondary ? "secondaryKey" : "primaryKey", out var key) && key.GetString() is { Length: > 0 } text
            ? text
            : throw new VerbException(ExitCode.Failed, $"cannot tell a key of {told}", "it authenticates by certificate and has no keys", "Give the certificate to the SDK: x509=true in the connection string");

    /// <summary>The policy of a name with its keys.</summary>
    public static Task<JsonElement> PolicyAsync(ApiCall call, string name) =>
        call.SendAsync(HubRequest.Get($"/v1/iothub/policies/{HubRequest.Segment(name)}"), $"cannot show the policy {name}");

    /// <summary>Host name for connection strings: the configured one, or the one that the hub was reached by; with a port where SDKs need one.</summary>
    /// <param name="call">The call.</param>
    /// <param name="scheme">Listener whose port is named unless it is the protocol's own: <c>mqtts</c> or <c>amqps</c>; null for none.</param>
    public static async Task<string> HostAsync(ApiCall call, string? scheme)
    {
        var site = await HubSite.ReadAsync(call);
        string host = site.IotHubHost ?? site.Host;
        if (scheme is null)
            return host;
        int port = site.Port(scheme) ?? throw new VerbException(
            ExitCode.Failed, "cannot tell the host name", $"the hub has no {scheme}:// listener", $"Start it with --listen {scheme}://0.0.0.0:{(scheme == "amqps" ? 5671 : 8883)}");
        return port == (scheme == "amqps" ? 5671 : 8883) ? host : $"{host}:{port}";
    }

    /// <summary>Connection string of an identity.</summary>
    public static string ConnectionString(string host, JsonElement identity, string told)
    {
        string text = $"HostName={host};DeviceId={identity.GetProperty("deviceId").GetString()}";
        if (identity.TryGetProperty("moduleId", out var module) && module.GetString() is { } id)
            text += $";ModuleId={id}";
        return identity.GetProperty("authentication").GetProperty("type").GetString() is "selfSigned" or "certificateAuthority" ? text + ";x509=true" : $"{text};SharedAccessKey={KeyOf(identity, told)}";
    }
}
