using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Verbs.Shadows;

/// <summary>Places in a shadow as people write them: <c>desired.light.on=true</c>. A dot that belongs to a name is written <c>\.</c>.</summary>
internal static class ShadowPath
{
    /// <summary>Puts assignments into a state.</summary>
    public static JsonObject ToState(IEnumerable<string> assignments)
    {
        var state = new JsonObject();
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw Wrong(assignment, "it is not path=value");
            var names = Split(assignment[..equals]);
            if (names[0] is not ("desired" or "reported"))
                throw Wrong(assignment, $"the path begins with {names[0]}, not with desired or reported");
            if (names.Any(static name => name.Length == 0))
                throw Wrong(assignment, "a name in the path is empty");
            var holder = state;
            foreach (string name in names[..^1])
            {
                if (holder[name] is null)
                    holder[name] = new JsonObject();
                holder = holder[name] as JsonObject ?? throw Wrong(assignment, $"{name} has a value already and cannot have members too");
            }

            holder[names[^1]] = Value(assignment[(equals + 1)..]);
        }

        return state;
    }

    /// <summary>The value at a path; null when there is none.</summary>
    public static JsonElement? Find(JsonElement document, string path)
    {
        foreach (string name in Split(path))
        {
            if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty(name, out document))
                return null;
        }

        return document;
    }

    /// <summary>All values that are no objects, with their paths.</summary>
    public static IEnumerable<(string Path, JsonElement Value)> Flatten(JsonElement document, string path = "")
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            yield return (path, document);
            yield break;
        }

        foreach (var member in document.EnumerateObject())
        {
            string name = member.Name.Replace(".", "\\.", StringComparison.Ordinal);
            foreach (var inner in Flatten(member.Value, path.Length == 0 ? name : $"{path}.{name}"))
                yield return inner;
        }
    }

    /// <summary>JSON as it is, with numbers of any size; anything else is a text.</summary>
    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static List<string> Split(string path)
    {
        var names = new List<string>();
        var name = new StringBuilder();
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] == '\\' && i + 1 < path.Length)
            {
                name.Append(path[++i]);
            }
            else if (path[i] == '.')
            {
                names.Add(name.ToString());
                name.Clear();
            }
            else
            {
                name.Append(path[i]);
            }
        }

        names.Add(name.ToString());
        return names;
    }

    private static VerbException Wrong(string assignment, string why) =>
        VerbException.Usage($"cannot set {assignment}", why, "Write desired.name=value or reported.name=value, with dots between nested names");
}
