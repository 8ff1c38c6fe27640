using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fairlead.Features.AccessKeys;
using Fairlead.Features.Policies.Language;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>Documents as they are in force, compiled once for all who are concerned by them.</summary>
internal sealed class PolicyLibrary
{
    private readonly HubRecords _records;
    private readonly PolicyParser _parser;
    private readonly ConcurrentDictionary<string, (PolicyVersion Source, NamedPolicy Policy)> _policies = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<AccessKey, PolicySet> _ofKeys = [];
    private readonly ConditionalWeakTable<string[], PolicySet> _ofDocuments = [];

    /// <summary>Compiles what the records hold.</summary>
    public PolicyLibrary(HubRecords records, PolicyParser parser)
    {
        _records = records;
        _parser = parser;
        records.Policies.Changed += (name, _, after) =>
        {
            if (after is null) _policies.TryRemove(name, out (PolicyVersion Source, NamedPolicy Policy) _);
        };
    }

    /// <summary>The version in force of a policy; null when there is no such policy.</summary>
    public NamedPolicy? Find(string name)
    {
        if (_records.Policies.Find(name) is not { } policy) return null;
        var source = policy.Default;
        if (_policies.TryGetValue(name, out var known) && ReferenceEquals(known.Source, source)) return known.Policy;
        var compiled = Compile(name, source.Document);
        _policies[name] = (source, compiled);
        return compiled;
    }

    /// <summary>What a key may do; null for everything.</summary>
    public PolicySet? Of(AccessKey key) => key.PolicyDocument is null
        ? null
        : _ofKeys.GetValue(key, record => new PolicySet([Compile($"key {record.Id}", record.PolicyDocument!)]));

    /// <summary>What a client may do that brought its documents along.</summary>
    /// <param name="principal">The client.</param>
    /// <param name="documents">Its documents as they are now: others may replace them.</param>
    public PolicySet Of(DocumentPrincipal principal, ImmutableArray<string> documents) => _ofDocuments.GetValue(
        ImmutableCollectionsMarshal.AsArray(documents)!,
        list => new PolicySet([.. list.Select((document, index) => Compile($"{principal.Kind} document {index + 1}", document))]));

    // Documents were checked when they were accepted. Should one be malformed all the same (another setting, an imported store), it
    // allows nothing.
    private NamedPolicy Compile(string name, string document)
    {
        try
        {
            return new NamedPolicy(name, _parser.Parse(document));
        }
        catch (MalformedPolicyException)
        {
            return new NamedPolicy(name, PolicyDocument.Empty);
        }
    }
}
