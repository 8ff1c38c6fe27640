using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin;

/// <summary>What the twin has done since the start. To be read from any thread.</summary>
internal sealed class TwinCounters
{
    private static readonly string[] Operations = ["get", "update", "delete"];

    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Operation, int Status), long> _requests = [];
    private long _commands;
    private long _filtered;
    private long _refused;
    private long _retrieved;
    private long _events;
    private long _errors;
    private long _replaysDropped;
    private long _strangers;

    /// <summary>Twin commands that came from local applications, retrieves left out.</summary>
    public long Commands => Interlocked.Read(ref _commands);

    /// <summary>Messages that a filter dropped as a whole.</summary>
    public long Filtered => Interlocked.Read(ref _filtered);

    /// <summary>Commands refused here: not valid, too large, in conflict.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Retrieves answered from the local twin.</summary>
    public long Retrieved => Interlocked.Read(ref _retrieved);

    /// <summary>Local events about what the cloud did.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Commands that the hub refused, or did not answer.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>Edits given up because too many waited to be repeated.</summary>
    public long ReplaysDropped => Interlocked.Read(ref _replaysDropped);

    /// <summary>Messages of the hub that could not be understood or placed.</summary>
    public long Strangers => Interlocked.Read(ref _strangers);

    /// <summary>Answered shadow requests by operation and status; 200 for accepted, 408 for no answer.</summary>
    public IReadOnlyList<(string Operation, int Status, long Count)> Requests
    {
        get
        {
            lock (_gate) return [.. _requests.Select(static entry => (entry.Key.Operation, entry.Key.Status, entry.Value))];
        }
    }

    public void CountCommand() => Interlocked.Increment(ref _commands);

    public void CountFiltered() => Interlocked.Increment(ref _filtered);

    public void CountRefused() => Interlocked.Increment(ref _refused);

    public void CountRetrieved() => Interlocked.Increment(ref _retrieved);

    public void CountEvent() => Interlocked.Increment(ref _events);

    public void CountError() => Interlocked.Increment(ref _errors);

    public void CountReplayDropped() => Interlocked.Increment(ref _replaysDropped);

    public void CountStranger() => Interlocked.Increment(ref _strangers);

    public void CountRequest(ShadowOperation operation, int status)
    {
        var key = (Operations[(int)operation], status is >= 100 and < 600 ? status : 0);
        lock (_gate) _requests[key] = _requests.GetValueOrDefault(key) + 1;
    }
}
