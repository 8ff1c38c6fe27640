using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.IotHub;

/// <summary><c>fairlead iothub device|module create|ls|get|rm|keys|connection-string</c>: the same verbs for both.</summary>
internal sealed class IdentityVerbs(Terminal terminal, bool ofModules)
{
    private readonly string _word = ofModules ? "module" : "device";
    private readonly string _sample = ofModules ? "dev1 pump" : "dev1";

    public Command Create() => new(_word, ofModules ? "Modules of devices: each has an identity and a twin of its own." : "Devices of the Azure dialect. A device is a thing, its twin is the thing's shadow.")
    {
        CreateIdentity(), List(), Get(), Remove(), Keys(), ConnectionString(),
    };

    private (Argument<string> Device, Argument<string>? Module) Names(ApiVerb verb) =>
        (verb.Argument("device", "Id of the device."), ofModules ? verb.Argument("module", "Id of the module.") : null);

    private static string? Module(ApiCall call, Argument<string>? module) => module is null ? null : call.Get(module);

    private Command CreateIdentity()
    {
        string examples =
            $"""
            fairlead iothub {_word} create {_sample}
            fairlead iothub {_word} create {_sample} --json | jq -r .authentication.symmetricKey.primaryKey
            fairlead iothub {_word} create {_sample} --thumbprint 5F:3C:...      # as openssl x509 -fingerprint -sha256 prints it
            """;
        var verb = new ApiVerb(terminal, $"iothub {_word} create", $"Create a {_word} with keys of the hub's making, or with those given.", examples);
        var (device, module) = Names(verb);
        var primary = verb.Text("--primary-key", "base64", "Its first key (default: a new one).");
        var secondary = verb.Text("--secondary-key", "base64", "Its second key (default: a new one).");
        var thumbprints = verb.Texts("--thumbprint", "hex", "It authenticates by the certificate with this SHA-1 or SHA-256 thumbprint; twice for a second one.");
        var ca = verb.Flag("--ca", "It authenticates by a certificate that a registered authority issued, with the id as common name.");
        var disabled = ofModules ? null : verb.Flag("--disabled", "It may not connect yet.");
        return verb.Runs(async call =>
        {
            string id = call.Get(device);
            string? inner = Module(call, module);
            string told = IotHubCalls.Told(id, inner);
            var body = new JsonObject { ["deviceId"] = id, ["authentication"] = Authentication(call.Get(primary), call.Get(secondary), call.Get(thumbprints) ?? [], call.Get(ca), told) };
            if (inner is not null)
                body["moduleId"] = inner;
            if (disabled is not null && call.Get(disabled))
                body["status"] = "disabled";
            var made = await call.SendAsync(HubRequest.Put(IotHubCalls.Path(IotHubCalls.PathOf(id, inner)), body), $"cannot create {told}");
            string names = inner is null ? id : $"{id} {inner}";
            call.Say($"created {told}; 'fairlead iothub {_word} connection-string {names}' prints what its SDK needs");
            call.WriteDetails(made);
        });
    }

    private static JsonObject Authentication(string? primary, string? secondary, string[] thumbprints, bool ca, string told)
    {
        if ((ca ? 1 : 0) + (thumbprints.Length > 0 ? 1 : 0) + (primary is not null || secondary is not null ? 1 : 0) > 1)
            throw VerbException.Usage($"cannot create {told}", "keys, --thumbprint and --ca are three ways to authenticate", "Give one of them");
        if (thumbprints.Length > 2)
            throw VerbException.Usage($"cannot create {told}", "there are more than two thumbprints", "Give one or two");
        if (ca)
            return new JsonObject { ["type"] = "certificateAuthority" };
        if (thumbprints.Length > 0)
            return new JsonObject { ["type"] = "selfSigned", ["x509Thumbprint"] = new JsonObject { ["primaryThumbprint"] = thumbprints[0], ["secondaryThumbprint"] = thumbprints.ElementAtOrDefault(1) } };
        return new JsonObject { ["type"] = "sas", ["symmetricKey"] = new JsonObject { ["primaryKey"] = primary ?? "", ["secondaryKey"] = secondary ?? "" } };
    }

    private Command List()
    {
        const int Most = 1000;
        var verb = new ApiVerb(
            terminal, $"iothub {_word} ls", ofModules ? "List the modules of a device." : $"List devices, at most {Most}; query for more.", ofModules ? "fairlead iothub module ls dev1" : "fairlead iothub device ls --limit 20");
        var device = ofModules ? verb.Argument("device", "Id of the device.") : null;
        var limit = ofModules ? null : verb.Number("--limit", "number", $"At most so many (default {Most}).", 1, Most);
        return verb.Runs(async call =>
        {
            string path = device is null
                ? HubRequest.Query(IotHubCalls.Path("/devices"), ("top", (call.Get(limit!) ?? Most).ToString(System.Globalization.CultureInfo.InvariantCulture)))
                : IotHubCalls.Path($"/devices/{HubRequest.Segment(call.Get(device))}/modules");
            var entries = await call.SendAsync(HubRequest.Get(path), $"cannot list {_word}s");
            var listing = ofModules
                ? new Listing(call, "moduleId", "connectionState", "lastActivityTime", "managedBy")
                : new Listing(call, "deviceId", "status", "connectionState", "lastActivityTime", "cloudToDeviceMessageCount");
            foreach (var entry in entries.EnumerateArray())
                listing.Add(entry);
            listing.End();
        });
    }

    private Command Get()
    {
        var verb = new ApiVerb(terminal, $"iothub {_word} get", $"Show a {_word} with its keys.", $"fairlead iothub {_word} get {_sample}");
        var (device, module) = Names(verb);
        return verb.Runs(async call => call.WriteDetails(await IotHubCalls.ReadAsync(call, call.Get(device), Module(call, module))));
    }

    private Command Remove()
    {
        var verb = new ApiVerb(
            terminal, $"iothub {_word} rm", ofModules ? "Delete a module and its twin." : "Delete a device with its modules; a thing that was made with it goes too, with its shadow.", $"fairlead iothub {_word} rm {_sample} --yes");
        var (device, module) = Names(verb);
        verb.Asks();
        return verb.Runs(async call =>
        {
            string id = call.Get(device);
            string? inner = Module(call, module);
            string told = IotHubCalls.Told(id, inner);
            await call.ConfirmAsync($"delete {told}");
            await call.SendAsync(HubRequest.Delete(IotHubCalls.Path(IotHubCalls.PathOf(id, inner))) with { Headers = [("If-Match", "\"*\"")] }, $"cannot delete {told}");
            var answer = new JsonObject { ["deviceId"] = id, ["deleted"] = true };
            if (inner is not null)
                answer["moduleId"] = inner;
            call.WriteJson(answer);
            call.Say($"deleted {told}");
        });
    }

    private Command Keys()
    {
        string examples =
            $"""
            fairlead iothub {_word} keys {_sample}
            fairlead iothub {_word} keys {_sample} --renew secondary      # whoever used it is cut off
            """;
        var verb = new ApiVerb(terminal, $"iothub {_word} keys", $"Show the keys of a {_word}, or make new ones.", examples);
        var (device, module) = Names(verb);
        var renew = RenewOption(verb);
        return verb.Runs(async call =>
        {
            string id = call.Get(device);
            string? inner = Module(call, module);
            string told = IotHubCalls.Told(id, inner);
            var identity = await IotHubCalls.ReadAsync(call, id, inner);
            var (first, second) = (IotHubCalls.KeyOf(identity, told), IotHubCalls.KeyOf(identity, told, secondary: true));
            if (call.Get(renew) is { } which)
            {
                if (which is "primary" or "both") first = NewKey();
                if (which is "secondary" or "both") second = NewKey();
                var body = JsonNode.Parse(identity.GetRawText())!.AsObject();
                body["authentication"] = new JsonObject { ["type"] = "sas", ["symmetricKey"] = new JsonObject { ["primaryKey"] = first, ["secondaryKey"] = second } };
                // With the etag that was read: nobody else's change is undone.
                var request = HubRequest.Put(IotHubCalls.Path(IotHubCalls.PathOf(id, inner)), body) with { Headers = [("If-Match", $"\"{identity.GetProperty("etag").GetString()}\"")] };
                identity = await call.SendAsync(request, $"cannot change the keys of {told}");
                call.Say($"{(which == "both" ? "both keys" : $"the {which} key")} of {told} changed");
            }

            call.WriteDetails(identity.GetProperty("authentication").GetProperty("symmetricKey"));
        });
    }

    /// <summary><c>--renew primary|secondary|both</c>.</summary>
    public static Option<string?> RenewOption(ApiVerb verb)
    {
        var renew = verb.Text("--renew", "primary|secondary|both", "Make new keys; what was signed with the old ones is refused from now on.");
        renew.AcceptOnlyFromAmong("primary", "secondary", "both");
        return renew;
    }

    private static string NewKey() => Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    private Command ConnectionString()
    {
        string examples =
            $"""
            fairlead iothub {_word} connection-string {_sample}
            fairlead iothub {_word} connection-string {_sample} --transport amqp
            """;
        var verb = new ApiVerb(terminal, $"iothub {_word} connection-string", $"Print the connection string of a {_word}.", examples);
        var (device, module) = Names(verb);
        var transport = ConnectionVerbs.TransportOption(verb);
        return verb.Runs(async call => await ConnectionVerbs.PrintAsync(call, call.Get(device), Module(call, module), null, call.Get(transport)));
    }
}
