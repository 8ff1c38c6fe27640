namespace Fairlead.Features.Fleet.Queries;

/// <summary>Fields of an index: what a query may name.</summary>
internal sealed class FleetFields
{
    /// <summary>Fields of <c>AWS_Things</c>.</summary>
    public static FleetFields Things { get; } = new(
        ["thingName", "thingId", "thingTypeName", "thingGroupNames", "registry.version", "registry.thingTypeName", "registry.thingGroupNames",
         "shadow.hasDelta", "shadow.version", "connectivity.connected", "connectivity.timestamp", "connectivity.disconnectReason", "connectivity.clientId",
         "connectivity.keepAliveDuration", "connectivity.cleanSession", "connectivity.sessionExpiry"],
        ["attributes.", "shadow.desired.", "shadow.reported.", "shadow.delta.", "shadow.name."]);

    /// <summary>Fields of <c>AWS_ThingGroups</c>.</summary>
    public static FleetFields Groups { get; } = new(["thingGroupName", "thingGroupId", "thingGroupDescription", "parentGroupNames"], ["attributes."]);

    private readonly HashSet<string> _names;
    private readonly string[] _trees;
    private readonly string _expected;

    private FleetFields(string[] names, string[] trees)
    {
        _names = new HashSet<string>(names, StringComparer.Ordinal);
        _trees = trees;
        _expected = $"one of the fields {string.Join(", ", names.Concat(trees.Select(static tree => tree + "NAME")))}";
    }

    /// <summary>What should have stood there; null when the name is that of a field.</summary>
    public string? Problem(string name)
    {
        if (_names.Contains(name)) return null;
        foreach (var tree in _trees)
        {
            if (!name.StartsWith(tree, StringComparison.Ordinal) || name.Length == tree.Length) continue;
            return tree != "shadow.name." || IsNamedShadow(name[tree.Length..]) ? null : "shadow.name.NAME.desired.PATH, .reported.PATH, .delta.PATH, .hasDelta or .version";
        }

        return _expected;
    }

    private static bool IsNamedShadow(string rest)
    {
        var parts = rest.Split('.', 3);
        return parts.Length switch
        {
            2 => parts[1] is "hasDelta" or "version",
            3 => parts[1] is "desired" or "reported" or "delta",
            _ => false,
        };
    }
}
