using System.Text.Json;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>A call of a data operation, in the forms in which SDKs and plain HTTP make it.</summary>
/// <param name="Operation">Name in the model.</param>
/// <param name="Parameters">For an SDK.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Target">Path and query without the first slash.</param>
/// <param name="Body">Payload; null for none.</param>
/// <param name="Expected">Part of the answer's body.</param>
internal sealed record DataCall(string Operation, object Parameters, string Method, string Target, string? Body, string Expected)
{
    /// <summary>Every operation of the data plane, in an order in which each finds what it needs.</summary>
    /// <param name="clientId">A connected client.</param>
    /// <param name="thing">A thing without shadows.</param>
    /// <param name="topic">A topic without a retained message.</param>
    public static IReadOnlyList<DataCall> All(string clientId, string thing, string topic)
    {
        const string State = """{"state":{"reported":{"on":true}}}""";
        var payload = DataPlaneStage.Bytes(State);
        var encoded = Uri.EscapeDataString(topic);
        return
        [
            new("Publish", new { topic, qos = 1, retain = true, payload = DataPlaneStage.Bytes("kept") }, "POST", $"topics/{encoded}?qos=1&retain=true", "kept", "\"message\":\"OK\""),
            new("GetRetainedMessage", new { topic }, "GET", $"retainedMessage/{encoded}", null, "lastModifiedTime"),
            new("ListRetainedMessages", new { maxResults = 200 }, "GET", "retainedMessage?maxResults=200", null, topic),
            new("UpdateThingShadow", new { thingName = thing, payload }, "POST", $"things/{thing}/shadow", State, "\"version\":1"),
            new("GetThingShadow", new { thingName = thing }, "GET", $"things/{thing}/shadow", null, "\"on\":true"),
            new("UpdateThingShadow", new { thingName = thing, shadowName = "s", payload }, "POST", $"things/{thing}/shadow?name=s", State, "\"version\":1"),
            new("ListNamedShadowsForThing", new { thingName = thing }, "GET", $"api/things/shadow/ListNamedShadowsForThing/{thing}", null, "\"results\":[\"s\"]"),
            new("DeleteThingShadow", new { thingName = thing, shadowName = "s" }, "DELETE", $"things/{thing}/shadow?name=s", null, "\"version\":1"),
            new("GetConnection", new { clientId }, "GET", $"connections/{clientId}", null, "\"connected\":true"),
            new("ListSubscriptions", new { clientId }, "GET", $"connections/{clientId}/subscriptions", null, "subscriptions"),
            new(
                "SendDirectMessage", new { clientId, topic = "cmd", confirmation = true, payload = DataPlaneStage.Bytes("go") }, "POST",
                $"connections/{clientId}/messages?topic=cmd&confirmation=true", "go", "\"message\":\"OK\""),
            new("DeleteConnection", new { clientId }, "DELETE", $"connections/{clientId}", null, ""),
        ];
    }

    /// <summary>The policy that allows exactly these calls.</summary>
    public static (string Action, string Resource)[] Needs(string clientId, string thing, string topic) =>
    [
        ("iot:Publish", $"{Identities.Arn}:topic/{topic}"), ("iot:RetainPublish", $"{Identities.Arn}:topic/{topic}"),
        ("iot:GetRetainedMessage", $"{Identities.Arn}:topic/{topic}"), ("iot:ListRetainedMessages", "*"),
        ("iot:UpdateThingShadow", $"{Identities.Arn}:thing/{thing}*"), ("iot:GetThingShadow", $"{Identities.Arn}:thing/{thing}"),
        ("iot:ListNamedShadowsForThing", $"{Identities.Arn}:thing/{thing}"), ("iot:DeleteThingShadow", $"{Identities.Arn}:thing/{thing}/s"),
        ("iot:GetConnection", $"{Identities.Arn}:client/{clientId}"), ("iot:ListSubscriptions", $"{Identities.Arn}:client/{clientId}"),
        ("iot:SendDirectMessage", $"{Identities.Arn}:client/{clientId}"), ("iot:DeleteConnection", $"{Identities.Arn}:client/{clientId}"),
    ];

    /// <summary>What an SDK's answer is searched for: its members, and its bytes as text.</summary>
    public static string TextOf(JsonElement result) => result.TryGetProperty("payload", out var payload) && payload.ValueKind == JsonValueKind.Object
        ? $"{result.GetRawText()}\n{DataPlaneStage.Text(payload)}"
        : result.GetRawText();
}
