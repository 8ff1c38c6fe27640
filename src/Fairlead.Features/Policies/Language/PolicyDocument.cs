using System.Collections.Immutable;

namespace Fairlead.Features.Policies.Language;

/// <summary>A compiled policy document.</summary>
/// <param name="Statements">Its statements.</param>
internal sealed record PolicyDocument(ImmutableArray<PolicyStatement> Statements)
{
    /// <summary>A document that says nothing.</summary>
    public static PolicyDocument Empty { get; } = new([]);
}

/// <summary>A document as one of several that concern a principal.</summary>
/// <param name="Name">Name of the policy, or what stands for one, such as <c>key AKIA...</c>.</param>
/// <param name="Document">The document.</param>
internal sealed record NamedPolicy(string Name, PolicyDocument Document);
