using Fairlead.Unit.Shadows;
using Members = System.Collections.Generic.SortedDictionary<string, object>;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>
/// What twin commands mean, in the plainest way: modify sets, merge is the hub's own merge, delete removes. One shadow at a time, no links,
/// no patches computed.
/// </summary>
internal sealed class ThingModel
{
    private readonly Dictionary<string, ShadowModel> _shadows = new(StringComparer.Ordinal);

    public void Do(string action, string path, string? value)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string name = segments[0] == "attributes" ? "" : segments[1];
        bool isFeature = segments[0] == "features" && segments.Length == 2;
        string[] below = segments[0] == "attributes" ? segments[1..] : segments is [_, _, "definition"] ? segments[2..] : segments.Length > 3 ? segments[3..] : [];
        string section = segments.Length > 2 && segments[2] == "desiredProperties" ? "desired" : "reported";
        var shadow = Shadow(name);
        if (action == "delete" && (isFeature || path == "/attributes"))
        {
            shadow.Delete("", null, 1);
            return;
        }

        object content = value is null ? ModelJson.Parse("null") : ModelJson.Parse(value);
        bool keepsDefinition = segments is ["features", _, "properties"];
        if (isFeature) content = Reported((Members)content);
        if (action == "delete" && below.Length == 0) Set(shadow, section, [], new Members(StringComparer.Ordinal), keepsDefinition);
        else if (action is "merge" or "delete") Update(shadow, section, Wrap(below, content));
        else Set(shadow, section, below, content, keepsDefinition);
    }

    /// <summary>State as <see cref="ModelHub.State"/> gives it; empty and absent are the same.</summary>
    public string State(string name) => Shadow(name).Exists ? Read(Shadow(name)) : "{}";

    private static string Read(ShadowModel shadow)
    {
        var state = (Members)((Members)ModelJson.Parse(shadow.Get("", null, 1).Payload))["state"];
        state.Remove("delta");
        return ModelJson.Write(state);
    }

    private static Members Reported(Members feature)
    {
        var content = feature.TryGetValue("properties", out var properties) ? (Members)ModelJson.Copy(properties) : new Members(StringComparer.Ordinal);
        if (feature.TryGetValue("definition", out var definition)) content["definition"] = definition;
        return content;
    }

    private static void Set(ShadowModel shadow, string section, string[] path, object content, bool keepsDefinition)
    {
        var state = shadow.Exists ? (Members)ModelJson.Parse(Read(shadow)) : new Members(StringComparer.Ordinal);
        var before = state.GetValueOrDefault(section) as Members ?? new Members(StringComparer.Ordinal);
        var target = path.Length == 0 ? (Members)content : before;
        if (path.Length == 0 && keepsDefinition && before.TryGetValue("definition", out var definition)) target.TryAdd("definition", definition);
        var at = target;
        for (int i = 0; i < path.Length; i++)
        {
            if (i == path.Length - 1) at[path[i]] = content;
            else if (at.GetValueOrDefault(path[i]) is Members inner) at = inner;
            else at = Put(at, path[i]);
        }

        Update(shadow, section, ModelJson.Parse("null"));
        Update(shadow, section, target);
    }

    private static Members Put(Members at, string name)
    {
        var made = new Members(StringComparer.Ordinal);
        at[name] = made;
        return made;
    }

    private static void Update(ShadowModel shadow, string section, object content) =>
        shadow.Update(ModelJson.Object(("state", ModelJson.Object((section, content)))), 1);

    private static object Wrap(string[] path, object content)
    {
        for (int i = path.Length - 1; i >= 0; i--) content = ModelJson.Object((path[i], content));
        return content;
    }

    private ShadowModel Shadow(string name)
    {
        if (!_shadows.TryGetValue(name, out var shadow)) _shadows[name] = shadow = new ShadowModel();
        return shadow;
    }
}
