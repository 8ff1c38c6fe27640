namespace Fairlead.Edge.Spool;

/// <summary>A link has done with a message.</summary>
/// <param name="Message">The message.</param>
/// <param name="Link">Number of the link.</param>
/// <param name="End">How it ended.</param>
/// <param name="Reason">Why, when it is refused.</param>
/// <param name="Detail">One line for people, when it is refused.</param>
internal readonly record struct Settlement(SpooledMessage Message, int Link, SettlementEnd End, DeadLetterReason Reason = default, string Detail = "")
{
    /// <summary>Bit of the link.</summary>
    public long Mask => 1L << Link;
}
