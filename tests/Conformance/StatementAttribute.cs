using Xunit.v3;

namespace Fairlead.Conformance;

/// <summary>Names the normative statements that a test shows; they end up in docs/conformance-*.md and as the trait "Statement".</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StatementAttribute(params string[] ids) : Attribute, ITraitAttribute
{
    public IReadOnlyList<string> Ids { get; } = ids;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [.. Ids.Select(id => KeyValuePair.Create("Statement", id))];
}
