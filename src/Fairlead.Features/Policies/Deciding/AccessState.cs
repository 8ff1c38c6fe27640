using System.Collections.Immutable;
using Fairlead.Features.Policies.Language;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>What a connection may do, as worked out from the records at one time.</summary>
/// <param name="policies">Its policies; null for everything.</param>
/// <param name="context">What its policies may ask about it.</param>
/// <param name="dependencies">Records that this rests on.</param>
/// <param name="stamp">Stamp that was read before the records.</param>
internal sealed class AccessState(PolicySet? policies, EvaluationContext context, AccessDependency[] dependencies, long stamp)
{
    private long _stamp = stamp;

    /// <summary>Its policies; null for everything.</summary>
    public PolicySet? Policies { get; } = policies;

    /// <summary>What its policies may ask about it.</summary>
    public EvaluationContext Context { get; } = context;

    /// <summary>Why it may do nothing whatever its policies say; null otherwise.</summary>
    public string? Refusal { get; init; }

    /// <summary>Milliseconds since the Unix epoch after which it may do nothing; null for never.</summary>
    public long? EndsAt { get; init; }

    /// <summary>Who brought its policies along; null when they are records.</summary>
    public DocumentPrincipal? Bringer { get; init; }

    /// <summary>What <see cref="Bringer"/> brought when this was worked out.</summary>
    public ImmutableArray<string> Documents { get; init; }

    /// <summary>Decisions made.</summary>
    public DecisionCache Decisions { get; } = new();

    /// <summary>Whether it still holds.</summary>
    public bool IsCurrent(HubRecords records, AccessStamp stamp)
    {
        if (Bringer is { } bringer && bringer.PolicyDocuments != Documents) return false;
        var now = stamp.Now;
        if (Volatile.Read(ref _stamp) == now) return true;
        foreach (var dependency in dependencies)
        {
            if (!dependency.IsCurrent(records)) return false;
        }

        // What changed concerns others. Of two threads that both saw that, the later stamp may lose: the next check looks again.
        Volatile.Write(ref _stamp, now);
        return true;
    }
}
