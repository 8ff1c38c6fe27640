using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Certificates;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Policies;

/// <summary><c>fairlead policy explain</c>: why somebody may do something or may not, statement by statement.</summary>
internal sealed class PolicyExplanation(Terminal terminal)
{
    private const string Examples =
        """
        fairlead policy explain --thing lamp1 publish lamp2/temp
        fairlead policy explain --client lamp1 receive alarms/fire                 # a client as it is connected now
        fairlead policy explain --cert 3f9a1c20 connect lamp1 --will-topic lamp1/gone
        fairlead policy explain --key AKIAIOSFODNN7EXAMPLE iot:CreateThing '*'
        """;

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "policy explain", "Tell why somebody may do something or may not: the statement that decides, what the others say, what has no value.", Examples);
        var action = verb.Argument("action", "connect, publish, subscribe, receive, or any other such as iot:GetThingShadow.");
        var resource = verb.Argument("resource", "Client Identifier, topic or filter; for other actions such as thing/lamp1 or *.");
        var thing = verb.Text("--thing", "thing", "The thing's certificate, with the thing's name as Client Identifier.");
        var certificate = verb.Text("--cert", "certificate", "Certificate: id, its first digits, ARN, or PEM file.");
        var key = verb.Text("--key", "id", "Access key.");
        var client = verb.Text("--client", "id", "Client Identifier; alone, the client as it is connected now.");
        var will = verb.Text("--will-topic", "topic", "For connect: topic of the Will.");
        var address = verb.Text("--source-ip", "address", "Address that it comes from.");
        return verb.Runs(async call =>
        {
            if (call.Get(thing) is null && call.Get(certificate) is null && call.Get(key) is null && call.Get(client) is null)
                throw VerbException.Usage("cannot explain", "none of --thing, --cert, --key and --client says about whom", "Give one of them");
            var body = new JsonObject { ["action"] = NameOf(call.Get(action)), ["resource"] = ResourceOf(call.Get(action), call.Get(resource)) };
            Put(body, "thing", call.Get(thing));
            Put(body, "certificateId", call.Get(certificate) is { } name ? await CertificateName.ResolveAsync(call, name) : null);
            Put(body, "keyId", call.Get(key));
            Put(body, "clientId", call.Get(client) ?? (call.Get(action) == "connect" ? call.Get(resource) : null));
            Put(body, "willTopic", call.Get(will));
            Put(body, "sourceIp", call.Get(address));
            var answer = await call.SendAsync(HubRequest.Post("/v1/explain", body), "cannot explain");
            if (call.Talk.Json)
                call.WriteLine(JsonText.OneLine(answer));
            else
                Show(call, answer);
            return Cells.Of(answer, "decision") == "ALLOWED" ? ExitCode.Done : ExitCode.Denied;
        });
    }

    private static void Put(JsonObject body, string name, string? value)
    {
        if (value is not null)
            body[name] = value;
    }

    private static string NameOf(string action) => action is "connect" or "publish" or "subscribe" or "receive" ? $"iot:{char.ToUpperInvariant(action[0])}{action[1..]}" : action;

    private static string ResourceOf(string action, string resource) => resource.StartsWith("arn:", StringComparison.Ordinal)
        ? resource
        : action switch
        {
            "connect" => $"client/{resource}",
            "publish" or "receive" => $"topic/{resource}",
            "subscribe" => $"topicfilter/{resource}",
            _ => resource,
        };

    private static void Show(ApiCall call, JsonElement answer)
    {
        string decision = Cells.Of(answer, "decision");
        string resource = Cells.Of(answer, "resource");
        if (resource.Split(':', 6) is [_, _, _, _, _, var tail])
            resource = tail;
        string by = Cells.Of(answer, "principal") + (answer.TryGetProperty("clientId", out _) ? $" as {Cells.Of(answer, "clientId")}" : "");
        call.WriteLine($"{(decision == "ALLOWED" ? "yes" : "no "),-4} {Cells.Of(answer, "action")} on {resource} by {by}");
        string verdict = decision switch
        {
            "ALLOWED" => "allowed",
            "EXPLICIT_DENY" => "denied",
            _ => "not allowed by anything",
        };
        string decider = answer.TryGetProperty("policy", out _) ? $" by {Cells.Of(answer, "statement")} of policy {Cells.Of(answer, "policy")}" : "";
        string detail = answer.TryGetProperty("detail", out _) ? $": {Cells.Of(answer, "detail")}" : "";
        call.WriteLine($"     {verdict}{decider}{detail}");
        foreach (var policy in answer.GetProperty("policies").EnumerateArray())
        {
            call.WriteLine($"     policy {Cells.Of(policy, "policyName")}{(policy.TryGetProperty("attachedTo", out _) ? $", attached to {Cells.Of(policy, "attachedTo")}" : "")}");
            foreach (var statement in policy.GetProperty("statements").EnumerateArray())
                call.WriteLine($"       {Cells.Of(statement, "statement")} ({Cells.Of(statement, "effect").ToLowerInvariant()}): {Said(statement)}");
        }
    }

    private static string Said(JsonElement statement)
    {
        if (statement.GetProperty("applies").GetBoolean())
            return "applies";
        if (!statement.GetProperty("matchesAction").GetBoolean())
            return "about other actions";
        string missing = statement.TryGetProperty("missingVariables", out _) ? $", {Cells.Of(statement, "missingVariables")} without a value" : "";
        if (!statement.GetProperty("matchesResource").GetBoolean())
            return $"about other resources{missing}";
        return $"its condition does not hold: {Cells.Of(statement, "failedConditions")}{missing}";
    }
}
