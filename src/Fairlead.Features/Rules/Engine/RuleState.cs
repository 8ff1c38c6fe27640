using System.Collections.Concurrent;

namespace Fairlead.Features.Rules.Engine;

/// <summary>What outlives the versions of a rule: counters and the last failures.</summary>
/// <param name="name">Name of the rule.</param>
internal sealed class RuleState(string name)
{
    private const int MostFailures = 20;

    private readonly ConcurrentDictionary<(string Member, bool IsErrorAction), ActionCounters> _actions = new();
    private readonly Queue<RuleFailure> _failures = new();
    private readonly Lock _lock = new();

    /// <summary>Name of the rule.</summary>
    public string Name { get; } = name;

    /// <summary>Counters of the rule.</summary>
    public RuleCounters Counters { get; } = new();

    /// <summary>Counters of its actions, by type.</summary>
    public IEnumerable<ActionCounters> Actions =>
        _actions.Values.OrderBy(static counters => counters.IsErrorAction).ThenBy(static counters => counters.Member, StringComparer.Ordinal);

    /// <summary>The newest message on its filter, as far as it is kept.</summary>
    public Sql.RuleMessage? LastMessage { get; set; }

    /// <summary>When that came, milliseconds since the Unix epoch.</summary>
    public long LastMessageAt { get; set; }

    /// <summary>What runs it now; null while it is disabled.</summary>
    public RuleRunner? Current { get; set; }

    /// <summary>The last failures, newest first.</summary>
    public IReadOnlyList<RuleFailure> Failures
    {
        get
        {
            lock (_lock) return [.. _failures.Reverse()];
        }
    }

    /// <summary>Counters of the actions of one type.</summary>
    public ActionCounters CountersOf(string member, bool isErrorAction) =>
        _actions.GetOrAdd((member, isErrorAction), static key => new ActionCounters(key.Member, key.IsErrorAction));

    /// <summary>Notes a failure.</summary>
    public void Note(RuleFailure failure)
    {
        lock (_lock)
        {
            if (_failures.Count == MostFailures) _failures.Dequeue();
            _failures.Enqueue(failure);
        }
    }
}
