using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Certificates;
using Fairlead.Verbs.Edge;
using Fairlead.Verbs.Kits;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Things;

/// <summary><c>fairlead thing create|kit|import|ls|get|set|rm</c>.</summary>
internal sealed class ThingVerb(Terminal terminal)
{
    public Command Create()
    {
        var creation = new ThingCreation(terminal);
        return new Command("thing", "Things: the devices that the hub knows.") { creation.Create(), creation.Kit(), new Import.ThingImportVerb(terminal).Create(), List(), Get(), Set(), Remove() };
    }

    private Command List()
    {
        const string Examples =
            """
            fairlead thing ls
            fairlead thing ls --type lamp --attr room=hall
            fairlead thing ls --prefix lamp --json | jq -r .thingName
            """;
        var verb = new ApiVerb(terminal, "thing ls", "List things.", Examples);
        var prefix = verb.Text("--prefix", "text", "Only names that begin so.");
        var type = verb.Text("--type", "type", "Only things of this type.");
        var attribute = verb.Text("--attr", "key=value", "Only things with this attribute; a value that ends in * stands for all that begin so.");
        var limit = verb.Limit();
        return verb.Runs(async call =>
        {
            var pair = call.Get(attribute) is { } text ? ThingCalls.Attributes([text]).First() : default;
            string? value = pair.Value?.GetValue<string>();
            bool isPrefix = value is { Length: > 1 } && value.EndsWith('*');
            string path = HubRequest.Query(
                "/things",
                ("thingTypeName", call.Get(type)),
                ("attributeName", pair.Key),
                ("attributeValue", isPrefix ? value![..^1] : value),
                ("usePrefixAttributeValue", isPrefix ? "true" : null));
            string? begin = call.Get(prefix);
            int left = call.Get(limit) ?? int.MaxValue;
            await new Listing(call, "thingName", "thingTypeName", "attributes", "version").ShowAsync(
                call.ListAsync(path, "things", Paging.Registry, "cannot list things", begin is null ? left : null),
                begin is null ? null : thing => thing.GetProperty("thingName").GetString()!.StartsWith(begin, StringComparison.Ordinal) && left-- > 0);
        });
    }

    private Command Get()
    {
        var verb = new ApiVerb(terminal, "thing get", "Show a thing with its certificates.", "fairlead thing get lamp1");
        var name = verb.Argument("name", "Name of the thing.");
        return verb.Runs(async call =>
        {
            string thing = call.Get(name);
            var described = await call.SendAsync(HubRequest.Get(ThingCalls.PathOf(thing)), $"cannot show the thing {thing}");
            call.WriteDetails(described);
            if (call.Talk.Json)
                return;
            foreach (string principal in await ThingCalls.PrincipalsOfAsync(call, thing))
                call.WriteLine($"{"principal:",-16} {Cells.Safe(principal)}");
        });
    }

    private Command Set()
    {
        const string Examples =
            """
            fairlead thing set lamp1 --attr room=hall --attr floor=2
            fairlead thing set lamp1 --rm-attr floor --type lamp
            fairlead thing set lamp1 --attr room=attic --version 3       # only when nobody else changed it
            """;
        var verb = new ApiVerb(terminal, "thing set", "Change attributes and the type of a thing.", Examples);
        var name = verb.Argument("name", "Name of the thing.");
        var attributes = verb.Texts("--attr", "key=value", "Set an attribute; repeat for several. The others stay.");
        var removed = verb.Texts("--rm-attr", "key", "Take an attribute away; repeat for several.");
        var type = verb.Text("--type", "type", "Thing type; it must exist.");
        var noType = verb.Flag("--rm-type", "Take the type away.");
        var version = verb.Number("--version", "number", "Change nothing unless this is the present version.", 0);
        return verb.Runs(async call =>
        {
            string thing = call.Get(name);
            var body = new JsonObject();
            var changes = ThingCalls.Attributes(call.Get(attributes) ?? []);
            // An empty value takes an attribute away when attributes are merged.
            foreach (string key in call.Get(removed) ?? [])
                changes[key] = "";
            if (changes.Count > 0)
                body["attributePayload"] = new JsonObject { ["attributes"] = changes, ["merge"] = true };
            if (call.Get(type) is { } typeName)
                body["thingTypeName"] = typeName;
            if (call.Get(noType))
                body["removeThingType"] = true;
            if (body.Count == 0)
                throw VerbException.Usage($"cannot change the thing {thing}", "nothing to change is given", "Give --attr, --rm-attr, --type or --rm-type");
            if (call.Get(version) is { } expected)
                body["expectedVersion"] = expected;
            await call.SendAsync(HubRequest.Patch(ThingCalls.PathOf(thing), body), $"cannot change the thing {thing}");
            call.WriteJson(new JsonObject { ["thing"] = thing, ["changed"] = true });
            call.Say($"changed the thing {thing}");
        });
    }

    private Command Remove()
    {
        const string Examples =
            """
            fairlead thing rm lamp1                      # asks, and says what else goes
            fairlead thing rm lamp1 lamp2 --yes --json
            fairlead thing rm lamp1 --keep-certificates --yes
            """;
        var verb = new ApiVerb(terminal, "thing rm", "Delete things with the certificates that serve no other thing, and their NAME-default and NAME-edge policies.", Examples);
        var names = verb.Arguments("name", "Names of things.");
        var keep = verb.Flag("--keep-certificates", "Detach certificates and delete nothing but the thing.");
        verb.Asks();
        return verb.Runs(async call =>
        {
            call.CheckCanAsk($"delete the thing {call.Get(names)[0]}");
            foreach (string thing in call.Get(names))
                await RemoveAsync(call, thing, call.Get(keep));
        });
    }

    private static async Task RemoveAsync(ApiCall call, string thing, bool keepCertificates)
    {
        string what = $"cannot delete the thing {thing}";
        await call.SendAsync(HubRequest.Get(ThingCalls.PathOf(thing)), what);
        var principals = await ThingCalls.PrincipalsOfAsync(call, thing);
        var own = new List<string>();
        foreach (string principal in principals)
        {
            if (!keepCertificates && principal.Contains(":cert/", StringComparison.Ordinal) && await CertificateCalls.ThingsOfAsync(call, principal) is [_])
                own.Add(principal);
        }

        string with = own.Count switch { 0 => "", 1 => $" and its certificate {CertificateName.Short(CertificateName.OfArn(own[0]))}", _ => $" and its {own.Count} certificates" };
        await call.ConfirmAsync($"delete the thing {thing}{with}");
        foreach (string principal in principals.Except(own, StringComparer.Ordinal))
            await CertificateCalls.DetachThingAsync(call, thing, principal);
        foreach (string certificate in own)
            await CertificateCalls.DeleteAsync(call, CertificateName.OfArn(certificate), certificate);
        await call.SendAsync(HubRequest.Delete(ThingCalls.PathOf(thing)), what);
        string gone = "";
        foreach (string policy in keepCertificates ? [] : (string[])[DefaultPolicy.NameOf(thing), EdgePolicy.NameOf(thing)])
        {
            // In use by somebody else: then it stays.
            if ((await call.Hub.SendAsync(HubRequest.Delete($"/policies/{HubRequest.Segment(policy)}"), call.Cancellation)).IsSuccess)
                gone += $", and the policy {policy}";
        }

        call.WriteJson(new JsonObject { ["thing"] = thing, ["deleted"] = true, ["certificates"] = own.Count });
        call.Say($"deleted the thing {thing}{with}{gone}");
    }
}
