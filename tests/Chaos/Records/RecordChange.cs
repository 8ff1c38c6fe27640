namespace Fairlead.Chaos.Records;

/// <summary>One request and what it makes of the facts when it is served.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Body">JSON; null for none.</param>
/// <param name="Remove">Facts that are none any more.</param>
/// <param name="Add">Facts that are new.</param>
public sealed record RecordChange(string Method, string Target, string? Body, IReadOnlyList<string> Remove, IReadOnlyList<string> Add)
{
    /// <summary>Value of <c>x-amzn-principal</c>; null for none.</summary>
    public string? Principal { get; init; }

    /// <summary>The facts after it.</summary>
    public SortedSet<string> Apply(IEnumerable<string> facts)
    {
        var after = new SortedSet<string>(facts, StringComparer.Ordinal);
        after.ExceptWith(Remove);
        after.UnionWith(Add);
        return after;
    }

    public override string ToString() => $"{Method} {Target} {Body}";
}
