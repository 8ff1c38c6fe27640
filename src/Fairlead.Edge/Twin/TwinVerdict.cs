namespace Fairlead.Edge.Twin;

/// <summary>What becomes of a PUBLISH from the local broker.</summary>
/// <param name="Fate">Where it goes.</param>
/// <param name="Output">What to publish at once (answers).</param>
internal readonly record struct TwinVerdict(TwinFate Fate, TwinOutput Output)
{
    /// <summary>Not for the twin: it goes out like any other message.</summary>
    public static TwinVerdict Forward { get; } = new(TwinFate.Forward, TwinOutput.None);
}
