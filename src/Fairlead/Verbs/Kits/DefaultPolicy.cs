using System.Text.Json.Nodes;

namespace Fairlead.Verbs.Kits;

/// <summary>
/// What a device may do when nobody said otherwise: connect as itself, talk below its own name, and use its own shadows. A client
/// identifier with a slash after the name is the device's too: no thing can have such a name.
/// </summary>
internal static class DefaultPolicy
{
    /// <summary>Policy for many things: each is named by the common name of its certificate.</summary>
    public const string SharedName = "things-default";

    private const string CommonName = "${iot:Certificate.Subject.CommonName}";

    /// <summary>Name of the policy of one thing.</summary>
    public static string NameOf(string thing) => $"{thing}-default";

    /// <summary>Policy for one thing.</summary>
    public static string ForThing(string thing, string arnPrefix) => Document(thing, arnPrefix);

    /// <summary>Policy for all things whose certificates name them.</summary>
    public static string ForAll(string arnPrefix) => Document(CommonName, arnPrefix);

    private static string Document(string thing, string arnPrefix)
    {
        string shadow = $"$aws/things/{thing}/shadow/*";
        var document = new JsonObject
        {
            ["Version"] = "2012-10-17",
            ["Statement"] = new JsonArray(
                Allow(["iot:Connect"], [$"client/{thing}", $"client/{thing}/*"]),
                Allow(["iot:Publish", "iot:RetainPublish", "iot:Receive"], [$"topic/{thing}/*"]),
                Allow(["iot:Subscribe"], [$"topicfilter/{thing}/*", $"topicfilter/{shadow}"]),
                Allow(["iot:Publish", "iot:Receive"], [$"topic/{shadow}"]),
                Allow(["iot:GetThingShadow", "iot:UpdateThingShadow", "iot:DeleteThingShadow", "iot:ListNamedShadowsForThing"], [$"thing/{thing}", $"thing/{thing}/*"])),
        };
        using var parsed = System.Text.Json.JsonDocument.Parse(JsonText.Of(document));
        return JsonText.Pretty(parsed.RootElement);

        JsonObject Allow(string[] actions, string[] resources) => new()
        {
            ["Effect"] = "Allow",
            ["Action"] = List(actions),
            ["Resource"] = List([.. resources.Select(resource => arnPrefix + resource)]),
        };

        static JsonNode List(string[] texts) => texts.Length == 1 ? texts[0] : new JsonArray([.. texts.Select(static text => (JsonNode)text)]);
    }
}
