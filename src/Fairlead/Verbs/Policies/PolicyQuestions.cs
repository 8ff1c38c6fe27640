using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Certificates;
using Fairlead.Verbs.Remote;
using Fairlead.Verbs.Things;

namespace Fairlead.Verbs.Policies;

/// <summary><c>fairlead policy test</c>: what somebody may do, answered by the code that decides in the broker.</summary>
internal sealed class PolicyQuestions(Terminal terminal)
{
    private static readonly Dictionary<string, (string Action, string Resource)> Actions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["connect"] = ("CONNECT", "client"),
        ["publish"] = ("PUBLISH", "topic"),
        ["subscribe"] = ("SUBSCRIBE", "topicfilter"),
        ["receive"] = ("RECEIVE", "topic"),
    };

    public Command Test()
    {
        const string Examples =
            """
            fairlead policy test --thing lamp1 publish lamp1/temp lamp2/temp      # exit code 3 when one is denied
            fairlead policy test --cert 3f9a1c20 --client-id lamp1 connect lamp1
            fairlead policy test --cert 3f9a1c20 subscribe 'lamp1/#' --add lamps --skip lamp1-default
            """;
        var verb = new ApiVerb(terminal, "policy test", "Tell whether a certificate may connect, publish, subscribe or receive, and which policy says so.", Examples);
        var action = verb.Argument("action", "connect, publish, subscribe or receive.");
        action.AcceptOnlyFromAmong("connect", "publish", "subscribe", "receive");
        var resources = verb.Arguments("resource", "Client Identifiers, topics or filters.");
        var holder = new HolderFlags(verb);
        var add = verb.Texts("--add", "policy", "As if this policy were attached too; repeat for several.");
        var skip = verb.Texts("--skip", "policy", "As if this policy were not attached; repeat for several.");
        return verb.Runs(async call =>
        {
            var (name, type) = Actions[call.Get(action)];
            string arn = await holder.PrincipalAsync(call);
            var site = await HubSite.ReadAsync(call);
            var body = new JsonObject
            {
                ["principal"] = arn,
                ["authInfos"] = new JsonArray([.. call.Get(resources).Select(resource => (JsonNode)new JsonObject
                {
                    ["actionType"] = name,
                    ["resources"] = new JsonArray(resource.StartsWith("arn:", StringComparison.Ordinal) ? resource : $"{site.ArnPrefix}{type}/{resource}"),
                })]),
            };
            if (call.Get(add) is { Length: > 0 } added)
                body["policyNamesToAdd"] = new JsonArray([.. added.Select(static policy => (JsonNode)policy)]);
            if (call.Get(skip) is { Length: > 0 } skipped)
                body["policyNamesToSkip"] = new JsonArray([.. skipped.Select(static policy => (JsonNode)policy)]);
            var answer = await call.SendAsync(
                HubRequest.Post(HubRequest.Query("/test-authorization", ("clientId", holder.ClientId(call))), body), "cannot test the authorization");
            bool isAllowed = true;
            foreach (var result in answer.GetProperty("authResults").EnumerateArray())
                isAllowed &= Show(call, result);
            return isAllowed ? ExitCode.Done : ExitCode.Denied;
        });
    }

    private static bool Show(ApiCall call, JsonElement result)
    {
        string decision = Cells.Of(result, "authDecision");
        if (call.Talk.Json)
        {
            call.WriteLine(JsonText.OneLine(result));
            return decision == "ALLOWED";
        }

        var asked = result.GetProperty("authInfo");
        string resource = string.Join(' ', asked.GetProperty("resources").EnumerateArray().Select(static one => Cells.Safe(one.GetString()!)));
        string name = resource[(resource.IndexOf('/', StringComparison.Ordinal) + 1)..];
        string why = decision switch
        {
            "ALLOWED" => Names(result, "allowed") is { Length: > 0 } by ? $"allowed by {by}" : "allowed",
            "EXPLICIT_DENY" => result.TryGetProperty("denied", out var denied) && Names(denied, "explicitDeny") is { Length: > 0 } by ? $"denied by {by}" : "denied",
            _ => "not allowed by any policy",
        };
        string missing = result.TryGetProperty("missingContextValues", out var values) && values.GetArrayLength() > 0
            ? $"; without a value: {string.Join(", ", values.EnumerateArray().Select(static value => Cells.Safe(value.GetString()!)))}"
            : "";
        call.WriteLine($"{(decision == "ALLOWED" ? "yes" : "no "),-4} {Cells.Of(asked, "actionType").ToLowerInvariant()} {name}: {why}{missing}");
        return decision == "ALLOWED";
    }

    private static string Names(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var inner) && inner.TryGetProperty("policies", out var policies)
            ? string.Join(", ", policies.EnumerateArray().Select(static policy => Cells.Of(policy, "policyName")))
            : "";

    /// <summary>Whom a question is about.</summary>
    private sealed class HolderFlags(ApiVerb verb)
    {
        private readonly Option<string?> _certificate = verb.Text("--cert", "certificate", "Certificate: id, its first digits, ARN, or PEM file.");
        private readonly Option<string?> _thing = verb.Text("--thing", "thing", "The thing's certificate, with the thing's name as Client Identifier.");
        private readonly Option<string?> _client = verb.Text("--client-id", "id", "Client Identifier of the connection.");

        public string? ClientId(ApiCall call) => call.Get(_client) ?? call.Get(_thing);

        public async Task<string> PrincipalAsync(ApiCall call)
        {
            if (call.Get(_certificate) is { } name)
                return Cells.Of(await CertificateName.DescribeAsync(call, await CertificateName.ResolveAsync(call, name)), "certificateArn");
            string thing = call.Get(_thing) ?? throw VerbException.Usage("cannot ask", "neither --cert nor --thing says about whom", "Give one of them");
            var principals = (await ThingCalls.PrincipalsOfAsync(call, thing)).Where(static principal => principal.Contains(":cert/", StringComparison.Ordinal)).ToArray();
            return principals switch
            {
                [var only] => only,
                [] => throw new VerbException(ExitCode.NotFound, "cannot ask", $"the thing {thing} has no certificate", $"Give it one with fairlead thing kit {thing} --out {thing}"),
                _ => throw VerbException.Usage("cannot ask", $"the thing {thing} has {principals.Length} certificates", "Choose one with --cert"),
            };
        }
    }
}
