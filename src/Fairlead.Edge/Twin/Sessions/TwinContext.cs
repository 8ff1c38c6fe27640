using Fairlead.Edge.Twin.Messages;
using Fairlead.Edge.Twin.Shadows;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Twin.Sessions;

/// <summary>What the parts of a session share. Only to be used under the lock of the session.</summary>
internal sealed class TwinContext
{
    private readonly PriorityQueue<object, DateTimeOffset> _alarms = new();

    public required TwinOptions Options { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    public required ShadowMap Map { get; init; }

    public required TwinMessages Messages { get; init; }

    public TwinCounters Counters { get; } = new();

    public Outbox Outbox { get; } = new();

    /// <summary>Shadows that the store has to keep anew.</summary>
    public HashSet<TwinShadow> Touched { get; } = [];

    /// <summary>Whether the link is up.</summary>
    public bool IsConnected { get; set; }

    /// <summary>Whether local events about the cloud's doing are wanted.</summary>
    public bool TellsLocally => Options.Direction != TwinDirection.ToCloud;

    /// <summary>Time of the next alarm; null when there is none.</summary>
    public DateTimeOffset? NextAlarm => _alarms.TryPeek(out _, out var due) ? due : null;

    /// <summary>Has something looked after later. What is not of interest any more by then is passed over by who looks.</summary>
    public void Alarm(object what, TimeSpan after) => _alarms.Enqueue(what, Time.GetUtcNow() + after);

    /// <summary>The next thing whose time has come; null when there is none.</summary>
    public object? TakeAlarm() => _alarms.TryPeek(out _, out var due) && due <= Time.GetUtcNow() ? _alarms.Dequeue() : null;

    /// <summary>Wait before try number n + 1: 1, 2, 4 ... seconds, at most a minute.</summary>
    public static TimeSpan Backoff(int failures) => TimeSpan.FromSeconds(Math.Min(60, 1 << Math.Clamp(failures - 1, 0, 6)));
}
