using Fairlead.Features.Rules.Actions;

namespace Fairlead.Features.Rules.Engine;

/// <summary>What is counted of the actions of one type in one rule. Thread-safe.</summary>
/// <param name="member">Member of the union.</param>
/// <param name="isErrorAction">Whether it is the error action.</param>
internal sealed class ActionCounters(string member, bool isErrorAction)
{
    private readonly long[] _httpFaults = new long[Enum.GetValues<HttpFaultKind>().Length];
    private long _succeeded;
    private long _failed;
    private long _dropped;
    private long _retries;
    private int _waiting;

    /// <summary>Member of the union.</summary>
    public string Member { get; } = member;

    /// <summary>Whether it is the error action.</summary>
    public bool IsErrorAction { get; } = isErrorAction;

    /// <summary>Calls done.</summary>
    public long Succeeded => Volatile.Read(ref _succeeded);

    /// <summary>Calls that failed for good.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Calls dropped because too many waited.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Tries after the first.</summary>
    public long Retries => Volatile.Read(ref _retries);

    /// <summary>Calls that wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>HTTP requests that met with a kind of fault.</summary>
    public long HttpFaults(HttpFaultKind kind) => Volatile.Read(ref _httpFaults[(int)kind]);

    /// <summary>A try is over: takes what kind of fault of an HTTP request it met with.</summary>
    public void CountHttpFault(ActionCall call)
    {
        if (call.HttpFault == HttpFaultKind.None) return;
        Interlocked.Increment(ref _httpFaults[(int)call.HttpFault]);
        call.HttpFault = HttpFaultKind.None;
    }

    /// <summary>A call is over.</summary>
    public void CountEnded(bool isSuccess) => Interlocked.Increment(ref isSuccess ? ref _succeeded : ref _failed);

    /// <summary>A call was dropped.</summary>
    public void CountDropped() => Interlocked.Increment(ref _dropped);

    /// <summary>A call is tried again.</summary>
    public void CountRetry() => Interlocked.Increment(ref _retries);

    /// <summary>So many calls more wait.</summary>
    public void CountWaiting(int change) => Interlocked.Add(ref _waiting, change);
}
