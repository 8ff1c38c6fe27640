using Fairlead.Broker.Diagnostics;

namespace Fairlead.Features.DirectMessages;

/// <summary>What is counted of direct messages.</summary>
internal sealed class DirectMessageCounters
{
    private static readonly DirectReason[] Reasons = Enum.GetValues<DirectReason>();
    private readonly long[] _counts = new long[Reasons.Length];

    /// <summary>From the call to the PUBACK, of confirmed ones.</summary>
    public LatencyHistogram Acknowledged { get; } = new();

    /// <summary>Calls by result, the label of the metric.</summary>
    public IEnumerable<(string Result, long Count)> ByResult() =>
        Reasons.GroupBy(static reason => DirectAnswer.Of(reason).Result).Select(group => (group.Key, group.Sum(reason => Volatile.Read(ref _counts[(int)reason]))));

    /// <summary>Counts one call.</summary>
    public void Count(DirectReason reason) => Interlocked.Increment(ref _counts[(int)reason]);
}
