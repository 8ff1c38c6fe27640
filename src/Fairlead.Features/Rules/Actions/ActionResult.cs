namespace Fairlead.Features.Rules.Actions;

/// <summary>How a call of an action stands.</summary>
internal enum ActionOutcome : byte
{
    /// <summary>Not tried yet.</summary>
    Pending,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Failed, but may succeed later: no connection, time limit, 429, 5xx.</summary>
    Transient,

    /// <summary>Failed for good.</summary>
    Failed,
}

/// <summary>What became of one call.</summary>
/// <param name="Outcome">How it stands.</param>
/// <param name="Message">Why it failed, one sentence; null otherwise.</param>
internal readonly record struct ActionResult(ActionOutcome Outcome, string? Message)
{
    /// <summary>Done.</summary>
    public static ActionResult Success => new(ActionOutcome.Succeeded, null);

    /// <summary>Failed for good.</summary>
    public static ActionResult Fail(string message) => new(ActionOutcome.Failed, message);

    /// <summary>Failed for now.</summary>
    public static ActionResult Retry(string message) => new(ActionOutcome.Transient, message);
}
