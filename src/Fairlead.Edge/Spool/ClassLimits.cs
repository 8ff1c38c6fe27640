namespace Fairlead.Edge.Spool;

/// <summary>Limits of one class or one link; 0 for none.</summary>
/// <param name="MaximumMessages">Messages.</param>
/// <param name="MaximumBytes">Bytes of their records.</param>
/// <param name="TimeToLive">Time from arrival until a message is dropped unsent; zero for none. Not used for links.</param>
internal sealed record ClassLimits(long MaximumMessages = 0, long MaximumBytes = 0, TimeSpan TimeToLive = default)
{
    /// <summary>No limit.</summary>
    public static ClassLimits None { get; } = new();
}
