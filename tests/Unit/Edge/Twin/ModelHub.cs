using Fairlead.Unit.Shadows;
using Members = System.Collections.Generic.SortedDictionary<string, object>;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>The shadows of one thing by the plain model of the hub's own tests, behind the topics that a device sees.</summary>
internal sealed class ModelHub(string thing)
{
    private readonly Dictionary<string, ShadowModel> _shadows = new(StringComparer.Ordinal);
    private readonly string _prefix = $"$aws/things/{thing}/shadow/";

    /// <summary>Refuses a request with a code when it gives one; gets topic and payload.</summary>
    public Func<string, string, int?> Refusal { get; set; } = static (_, _) => null;

    /// <summary>What the hub publishes on a request.</summary>
    public IEnumerable<(string Topic, string Payload)> Handle(string topic, string payload)
    {
        var (name, operation) = Parse(topic);
        string prefix = name.Length == 0 ? _prefix : $"{_prefix}name/{name}/";
        var request = payload.Length == 0 ? [] : (Members)ModelJson.Parse(payload);
        if (Refusal(topic, payload) is { } code)
        {
            var refusal = ModelJson.Object(("code", ModelJson.Number(code)), ("message", new ModelJson.Scalar(System.Text.Json.JsonValueKind.String, "refused by the test")));
            if (request.TryGetValue("clientToken", out var token)) refusal["clientToken"] = token;
            return [($"{prefix}{operation}/rejected", ModelJson.Write(refusal))];
        }

        var shadow = Shadow(name);
        string told = name.Length == 0 ? thing : name;
        var answers = operation switch
        {
            "update" => shadow.Update(request, 1_000),
            "get" => [shadow.Get(told, request, 1_000)],
            _ => [shadow.Delete(told, request, 1_000)],
        };
        return [.. answers.Where(static answer => answer.Suffix != "update/documents").Select(answer => (prefix + answer.Suffix, answer.Payload))];
    }

    /// <summary>State of a shadow as text with sorted members, such as <c>{"reported":{"a":1}}</c>; null when it is not there.</summary>
    public string? State(string name)
    {
        var shadow = Shadow(name);
        if (!shadow.Exists) return null;
        var state = (Members)((Members)ModelJson.Parse(shadow.Get("", null, 1_000).Payload))["state"];
        state.Remove("delta");
        return ModelJson.Write(state);
    }

    public long Version(string name) => Shadow(name).Version;

    public (string Name, string Operation) Parse(string topic)
    {
        string rest = topic[_prefix.Length..];
        if (!rest.StartsWith("name/", StringComparison.Ordinal)) return ("", rest);
        int slash = rest.LastIndexOf('/');
        return (rest["name/".Length..slash], rest[(slash + 1)..]);
    }

    private ShadowModel Shadow(string name)
    {
        if (!_shadows.TryGetValue(name, out var shadow)) _shadows[name] = shadow = new ShadowModel();
        return shadow;
    }
}
