using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Verbs.Edge;

/// <summary>
/// What a connector needs and nothing more (spec/kanto-edge, section 3, narrowed from the tenant to the device and those below it): telemetry and events,
/// commands and their answers, the shadows of its thing, and topics below the name of the thing for <c>mappings</c>. Reports about itself need no right.
/// </summary>
internal static class EdgePolicy
{
    /// <summary>Name of the policy of one connector.</summary>
    public static string NameOf(string thing) => $"{thing}-edge";

    /// <summary>The document.</summary>
    /// <param name="thing">Thing; also the Client Identifier.</param>
    /// <param name="device">Device id.</param>
    /// <param name="tenant">Tenant.</param>
    /// <param name="arnPrefix">Everything before the resource in ARNs of the hub.</param>
    public static string Document(string thing, string device, string tenant, string arnPrefix)
    {
        string shadow = $"$aws/things/{thing}/shadow/*";
        var document = new JsonObject
        {
            ["Version"] = "2012-10-17",
            ["Statement"] = new JsonArray(
                Allow(["iot:Connect"], $"client/{thing}"),
                Allow(["iot:Publish"], [.. OfDevice("topic", $"telemetry/{tenant}/{device}"), .. OfDevice("topic", $"event/{tenant}/{device}"), .. Commands("command", "res")]),
                Allow(["iot:Subscribe"], "topicfilter/command//+/req/#", "topicfilter/c//+/q/#", $"topicfilter/{shadow}", $"topicfilter/{thing}/*"),
                Allow(["iot:Receive"], [.. Commands("command", "req"), .. Commands("c", "q")]),
                Allow(["iot:Publish", "iot:Receive"], $"topic/{shadow}", $"topic/{thing}/*")),
        };
        using var parsed = JsonDocument.Parse(JsonText.Of(document));
        return JsonText.Pretty(parsed.RootElement);

        JsonObject Allow(string[] actions, params string[] resources) => new()
        {
            ["Effect"] = "Allow",
            ["Action"] = new JsonArray([.. actions.Select(static action => (JsonNode)action)]),
            ["Resource"] = new JsonArray([.. resources.Select(resource => (JsonNode)(arnPrefix + resource))]),
        };

        // Itself, what is below it in the topic, and the devices below it: those have its id and a colon before their own.
        static string[] OfDevice(string kind, string topic) => [$"{kind}/{topic}", $"{kind}/{topic}/*", $"{kind}/{topic}:*"];

        // Without a device it is the connector's own.
        string[] Commands(string word, string end) => [$"topic/{word}//{device}/{end}/*", $"topic/{word}//{device}:*/{end}/*", $"topic/{word}///{end}/*"];
    }
}
