using Fairlead.Broker.Diagnostics;

namespace Fairlead.Features.IotHub.Methods;

/// <summary>What is counted of direct methods.</summary>
internal sealed class MethodCounters
{
    private long _answered;
    private long _notOnline;
    private long _timedOut;
    private long _refused;

    /// <summary>From the call to the answer, of those that got one.</summary>
    public LatencyHistogram Answers { get; } = new();

    /// <summary>Calls by result, the label of the metric.</summary>
    public IEnumerable<(string Result, long Count)> ByResult() =>
    [
        ("answered", Volatile.Read(ref _answered)),
        ("not_online", Volatile.Read(ref _notOnline)),
        ("timeout", Volatile.Read(ref _timedOut)),
        ("refused", Volatile.Read(ref _refused)),
    ];

    /// <summary>Counts a call.</summary>
    public void Count(in MethodResult result, TimeSpan elapsed)
    {
        switch (result.Error)
        {
            case null:
                Answers.Record(elapsed);
                Interlocked.Increment(ref _answered);
                break;
            case { Code: 404103 or 404104 }:
                Interlocked.Increment(ref _notOnline);
                break;
            case { Code: 504101 }:
                Interlocked.Increment(ref _timedOut);
                break;
            default:
                Interlocked.Increment(ref _refused);
                break;
        }
    }
}
