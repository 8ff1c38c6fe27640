namespace Fairlead.Features.Rules.Engine;

/// <summary>What is counted of one rule, over all its versions (spec/aws-rules, section 11). Thread-safe.</summary>
internal sealed class RuleCounters
{
    private long _matches;
    private long _executions;
    private long _parseErrors;
    private long _functionFailures;
    private long _throttled;
    private long _open;

    /// <summary>Messages on the rule's filter, basic ingest included.</summary>
    public long Matches => Volatile.Read(ref _matches);

    /// <summary>Messages for which WHERE passed.</summary>
    public long Executions => Volatile.Read(ref _executions);

    /// <summary>Payloads that are not JSON where JSON was needed.</summary>
    public long ParseErrors => Volatile.Read(ref _parseErrors);

    /// <summary>Messages that an external function stopped.</summary>
    public long FunctionFailures => Volatile.Read(ref _functionFailures);

    /// <summary>Messages dropped because too many waited.</summary>
    public long Throttled => Volatile.Read(ref _throttled);

    /// <summary>Messages that wait for the rule, or whose actions have not ended.</summary>
    public long Open => Volatile.Read(ref _open);

    /// <summary>A message came.</summary>
    public void CountAccepted() => Interlocked.Increment(ref _open);

    /// <summary>The rule has ended with a message.</summary>
    public void CountEnded() => Interlocked.Decrement(ref _open);

    /// <summary>A message is looked at.</summary>
    public void CountMatch() => Interlocked.Increment(ref _matches);

    /// <summary>WHERE passed.</summary>
    public void CountExecution() => Interlocked.Increment(ref _executions);

    /// <summary>A payload was not JSON.</summary>
    public void CountParseError() => Interlocked.Increment(ref _parseErrors);

    /// <summary>A function failed.</summary>
    public void CountFunctionFailure() => Interlocked.Increment(ref _functionFailures);

    /// <summary>A message was dropped.</summary>
    public void CountThrottled() => Interlocked.Increment(ref _throttled);
}
