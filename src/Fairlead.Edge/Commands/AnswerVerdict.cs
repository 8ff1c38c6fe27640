namespace Fairlead.Edge.Commands;

/// <summary>What an answer to a command is.</summary>
internal enum AnswerVerdict
{
    /// <summary>The first to a request that was seen.</summary>
    First,

    /// <summary>The request was answered before.</summary>
    Again,

    /// <summary>The request was never seen, or too long ago.</summary>
    Unknown,
}
