using System.Collections.Immutable;
using Fairlead.Broker.Security;

namespace Fairlead.Features.Policies;

/// <summary>An identity that brings its policies along instead of having them attached: whom a custom authorizer let in.</summary>
/// <param name="kind">Such as <c>authorizer</c>.</param>
/// <param name="id">The identity within its kind.</param>
/// <param name="policyDocuments">Policy documents; what none of them allows is denied.</param>
internal sealed class DocumentPrincipal(string kind, string id, ImmutableArray<string> policyDocuments) : Principal(kind, id)
{
    private string[] _documents = [.. policyDocuments];

    /// <summary>
    /// Policy documents. An authorizer that is asked again while the client is connected may replace them: whoever keeps something
    /// computed from them compares (<c>==</c> of the arrays, which is one of references) before using it.
    /// </summary>
    public ImmutableArray<string> PolicyDocuments => System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(Volatile.Read(ref _documents));

    /// <summary>Puts other documents into force, from the next decision on.</summary>
    public void Replace(ImmutableArray<string> policyDocuments) => Volatile.Write(ref _documents, [.. policyDocuments]);
}
