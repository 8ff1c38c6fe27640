using System.Collections.Immutable;
using Fairlead.Broker.Security;

namespace Fairlead.Features.Policies;

/// <summary>An identity that brings its policies along instead of having them attached: whom a custom authorizer let in.</summary>
/// <param name="kind">Such as <c>authorizer</c>.</param>
/// <param name="id">The identity within its kind.</param>
/// <param name="policyDocuments">Policy documents; what none of them allows is denied.</param>
internal sealed class DocumentPrincipal(string kind, string id, ImmutableArray<string> policyDocuments) : Principal(kind, id)
{
    /// <summary>Policy documents.</summary>
    public ImmutableArray<string> PolicyDocuments { get; } = policyDocuments;
}
