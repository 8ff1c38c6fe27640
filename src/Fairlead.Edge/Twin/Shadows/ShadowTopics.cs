namespace Fairlead.Edge.Twin.Shadows;

/// <summary>Topics of the shadows of one thing (spec/kanto-edge, sections 13.3 and 13.8).</summary>
internal sealed class ShadowTopics
{
    private readonly string _prefix;

    /// <summary>Makes the topics of a thing.</summary>
    public ShadowTopics(string thingName)
    {
        _prefix = $"$aws/things/{thingName}/shadow/";
        string[] answers = ["update/accepted", "update/rejected", "update/delta", "delete/accepted", "delete/rejected", "get/accepted", "get/rejected"];
        Subscriptions = [.. answers.Select(answer => _prefix + answer), .. answers.Select(answer => $"{_prefix}name/+/{answer}")];
    }

    /// <summary>Topic Filters for all that the hub says about shadows of the thing.</summary>
    public IReadOnlyList<string> Subscriptions { get; }

    /// <summary>Topic of a request.</summary>
    /// <param name="name">Shadow name; empty for the classic shadow.</param>
    /// <param name="operation">What is asked for.</param>
    public string Request(string name, ShadowOperation operation)
    {
        string word = operation switch { ShadowOperation.Get => "get", ShadowOperation.Update => "update", _ => "delete" };
        return name.Length == 0 ? _prefix + word : $"{_prefix}name/{name}/{word}";
    }

    /// <summary>Reads a topic of the hub; false when it is none of <see cref="Subscriptions"/>.</summary>
    public bool TryParse(string topic, out string name, out ShadowOperation operation, out ShadowAnswer answer)
    {
        (name, operation, answer) = ("", default, default);
        if (!topic.StartsWith(_prefix, StringComparison.Ordinal)) return false;
        var rest = topic.AsSpan(_prefix.Length);
        if (rest.StartsWith("name/"))
        {
            rest = rest["name/".Length..];
            int slash = rest.IndexOf('/');
            if (slash <= 0) return false;
            name = rest[..slash].ToString();
            rest = rest[(slash + 1)..];
        }

        (bool found, operation, answer) = rest switch
        {
            "update/accepted" => (true, ShadowOperation.Update, ShadowAnswer.Accepted),
            "update/rejected" => (true, ShadowOperation.Update, ShadowAnswer.Rejected),
            "update/delta" => (true, ShadowOperation.Update, ShadowAnswer.Delta),
            "delete/accepted" => (true, ShadowOperation.Delete, ShadowAnswer.Accepted),
            "delete/rejected" => (true, ShadowOperation.Delete, ShadowAnswer.Rejected),
            "get/accepted" => (true, ShadowOperation.Get, ShadowAnswer.Accepted),
            "get/rejected" => (true, ShadowOperation.Get, ShadowAnswer.Rejected),
            _ => (false, default, default),
        };
        return found;
    }
}
