namespace Fairlead.Edge.Twin.Commands;

/// <summary>How a command ends at the hub, gathered over all its edits.</summary>
/// <param name="command">The command.</param>
internal sealed class CommandOutcome(TwinCommand command)
{
    public TwinCommand Command { get; } = command;

    /// <summary>Whether the application wants to hear of a failure.</summary>
    public bool WantsError { get; init; }

    /// <summary>Whether it wants to hear of the success as well: it was not told yet.</summary>
    public bool WantsSuccess { get; init; }

    /// <summary>Whether what it wrote was not there before.</summary>
    public bool IsNew { get; set; }

    /// <summary>Whether the hub says of several edits that some had nothing to delete, which is no failure.</summary>
    public bool IsSweep { get; set; }

    /// <summary>Edits whose end is not known.</summary>
    public int Waiting { get; set; }

    /// <summary>The first failure.</summary>
    public TwinError? Error { get; set; }

    /// <summary>Whether it was answered, or its time is over.</summary>
    public bool IsOver { get; set; }
}
