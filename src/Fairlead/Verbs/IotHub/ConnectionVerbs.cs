using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.IotHub;

/// <summary><c>fairlead iothub connection-string|sas|explain</c>: what SDKs and scripts prove themselves with.</summary>
internal sealed class ConnectionVerbs(Terminal terminal)
{
    private const string DefaultPolicy = "iothubowner";

    /// <summary>The verbs.</summary>
    public IEnumerable<Command> Create() => [ConnectionString(), Sas(), Explain()];

    /// <summary><c>--transport mqtt|amqp|https</c>.</summary>
    public static Option<string?> TransportOption(ApiVerb verb)
    {
        var transport = verb.Text("--transport", "mqtt|amqp|https", "Name the port of this listener behind the host, if it is not the protocol's own (default https: no port, 443).");
        transport.AcceptOnlyFromAmong("mqtt", "amqp", "https");
        return transport;
    }

    /// <summary>Prints a connection string.</summary>
    public static async Task PrintAsync(ApiCall call, string? device, string? module, string? policy, string? transport)
    {
        string host = await IotHubCalls.HostAsync(call, transport switch { "mqtt" => "mqtts", "amqp" => "amqps", _ => null });
        string text;
        if (device is not null)
        {
            text = IotHubCalls.ConnectionString(host, await IotHubCalls.ReadAsync(call, device, module), IotHubCalls.Told(device, module));
        }
        else
        {
            var found = await IotHubCalls.PolicyAsync(call, policy ?? DefaultPolicy);
            text = $"HostName={host};SharedAccessKeyName={policy ?? DefaultPolicy};SharedAccessKey={found.GetProperty("primaryKey").GetString()}";
        }

        if (call.Talk.Json)
            call.WriteJson(new JsonObject { ["connectionString"] = text });
        else
            call.WriteLine(text);
    }

    private Command ConnectionString()
    {
        const string Examples =
            """
            fairlead iothub connection-string                                  # of iothubowner, for services
            fairlead iothub connection-string --policy service --transport amqp
            export DEVICE="$(fairlead iothub connection-string --device dev1 --transport mqtt)"
            """;
        var verb = new ApiVerb(terminal, "iothub connection-string", "Print the connection string of a policy, a device or a module.", Examples);
        var device = verb.Text("--device", "id", "Of this device.");
        var module = verb.Text("--module", "id", "Of this module of the device.");
        var policy = verb.Text("--policy", "name", $"Of this policy (default {DefaultPolicy}).");
        var transport = TransportOption(verb);
        return verb.Runs(async call =>
        {
            Check(call.Get(device), call.Get(module), call.Get(policy), "cannot print the connection string");
            await PrintAsync(call, call.Get(device), call.Get(module), call.Get(policy), call.Get(transport));
        });
    }

    private Command Sas()
    {
        const string Examples =
            """
            fairlead iothub sas --device dev1
            fairlead iothub sas --policy device --device dev1 --ttl 600      # signed by a policy, for one device
            curl -H "Authorization: $(fairlead iothub sas)" --cacert ca.pem "https://localhost:8443/devices?api-version=2021-04-12"
            """;
        var verb = new ApiVerb(terminal, "iothub sas", "Make a token.", Examples);
        var device = verb.Text("--device", "id", "For this device, signed with its own key unless --policy says otherwise.");
        var module = verb.Text("--module", "id", "For this module of the device.");
        var policy = verb.Text("--policy", "name", $"Signed with the key of this policy (default {DefaultPolicy} without --device).");
        var life = verb.Number("--ttl", "seconds", "Its life (default 3600).", 1);
        return verb.Runs(async call =>
        {
            var (id, inner, name) = (call.Get(device), call.Get(module), call.Get(policy));
            Check(id, inner, id is null ? name : null, "cannot make a token");
            string resource = await IotHubCalls.HostAsync(call, null);
            if (id is not null)
                resource += $"/devices/{id}" + (inner is null ? "" : $"/modules/{inner}");
            else
                name ??= DefaultPolicy;
            string key = name is null
                ? IotHubCalls.KeyOf(await IotHubCalls.ReadAsync(call, id!, inner), IotHubCalls.Told(id!, inner))
                : (await IotHubCalls.PolicyAsync(call, name)).GetProperty("primaryKey").GetString()!;
            var ends = terminal.Time.GetUtcNow().AddSeconds(call.Get(life) ?? 3600);
            string token = SasText.Create(resource, key, name, ends);
            if (call.Talk.Json)
                call.WriteJson(new JsonObject { ["token"] = token, ["expires"] = ends.ToUnixTimeSeconds() });
            else
                call.WriteLine(token);
        });
    }

    private Command Explain()
    {
        const string Examples =
            """
            fairlead iothub explain "$(fairlead iothub sas --device dev1)" --device dev1
            fairlead iothub explain "SharedAccessSignature sr=..." --json | jq -r .reason
            """;
        var verb = new ApiVerb(terminal, "iothub explain", "Say what a token allows, or why the hub refuses it.", Examples);
        var token = verb.Argument("token", "The token: SharedAccessSignature sr=...");
        var device = verb.Text("--device", "id", "Whether its holder may act as this device.");
        var module = verb.Text("--module", "id", "Whether its holder may act as this module of the device.");
        return verb.Runs(async call =>
        {
            var body = new JsonObject { ["token"] = call.Get(token), ["deviceId"] = call.Get(device), ["moduleId"] = call.Get(module) };
            var answer = await call.SendAsync(HubRequest.Post("/v1/iothub/explain", body), "cannot have the token explained");
            call.WriteDetails(answer);
            return answer.TryGetProperty("accepted", out var accepted) && accepted.ValueKind == JsonValueKind.True ? ExitCode.Done : ExitCode.Denied;
        });
    }

    private static void Check(string? device, string? module, string? policy, string what)
    {
        if (module is not null && device is null)
            throw VerbException.Usage(what, "--module is given without --device", "Give the device of the module");
        if (device is not null && policy is not null)
            throw VerbException.Usage(what, "--device and --policy are both given", "Give one of them");
    }
}
