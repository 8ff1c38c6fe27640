namespace Fairlead.Edge.Spool;

/// <summary>Why a message was moved to the dead-letter store (spec 8.3).</summary>
internal enum DeadLetterReason
{
    /// <summary>Its topic is not one that the remote side takes.</summary>
    Topic = 0,

    /// <summary>It is too large for the remote side.</summary>
    Size = 1,

    /// <summary>Three connections in a row ended right after it was sent.</summary>
    Poison = 2,

    /// <summary>It cannot be turned into what the remote side expects.</summary>
    Content = 3,

    /// <summary>The remote side refused it for good.</summary>
    Refused = 4,
}
