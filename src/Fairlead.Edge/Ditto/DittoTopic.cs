namespace Fairlead.Edge.Ditto;

/// <summary>
/// The <c>topic</c> of a Ditto envelope: <c>namespace/name/group/channel/criterion[/action]</c> (spec/kanto-edge, section 13.1).
/// </summary>
/// <param name="Text">As it came.</param>
/// <param name="Namespace">Never empty; <c>_</c> stands for any.</param>
/// <param name="Name">Never empty; <c>_</c> stands for any.</param>
/// <param name="Group"><c>things</c> or <c>policies</c>.</param>
/// <param name="Channel">Such as <c>twin</c> or <c>live</c>.</param>
/// <param name="Criterion">Such as <c>commands</c> or <c>events</c>.</param>
/// <param name="Action">All behind the criterion; empty when there is none.</param>
internal sealed record DittoTopic(string Text, string Namespace, string Name, string Group, string Channel, string Criterion, string Action)
{
    /// <summary>Id of the thing: <c>namespace:name</c>.</summary>
    public string ThingId => $"{Namespace}:{Name}";

    /// <summary>Reads a topic; null when it is none.</summary>
    public static DittoTopic? TryParse(string text)
    {
        Span<Range> parts = stackalloc Range[6];
        var span = text.AsSpan();
        int count = span.Split(parts, '/');
        if (count < 5) return null;
        for (int i = 0; i < count; i++)
        {
            if (span[parts[i]].IsEmpty) return null;
        }

        if (count == 6 && span[parts[5]][0] == '/') return null;
        if (span[parts[2]] is not ("things" or "policies")) return null;
        return new DittoTopic(
            text, text[parts[0]], text[parts[1]], text[parts[2]], text[parts[3]], text[parts[4]], count == 6 ? text[parts[5]] : "");
    }

    /// <summary>The first part of topics of a thing: <c>namespace/name/things/twin/</c>.</summary>
    public static string TwinPrefix(string thingId)
    {
        int colon = thingId.IndexOf(':', StringComparison.Ordinal);
        return $"{thingId.AsSpan(0, colon)}/{thingId.AsSpan(colon + 1)}/things/twin/";
    }
}
