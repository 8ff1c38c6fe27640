namespace Fairlead.Edge.Remote;

/// <summary>
/// Finds the message that a remote endpoint closes the connection for: the first unacknowledged one at three losses in a row, each within
/// ten seconds of its sending (spec section 8.3). Not thread-safe.
/// </summary>
internal sealed class PoisonWatch
{
    /// <summary>Losses in a row.</summary>
    public const int Losses = 3;

    private static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(10);
    private long _suspect = -1;
    private int _losses;

    /// <summary>The connection was lost.</summary>
    /// <param name="first">Number of the first message without acknowledgment; null when there is none.</param>
    /// <param name="sinceSent">How long ago it was sent on that connection.</param>
    /// <returns>Whether that message has to go.</returns>
    public bool OnLost(long? first, TimeSpan sinceSent)
    {
        if (first is not { } message || sinceSent > Suspicious)
        {
            Reset();
            return false;
        }

        _losses = message == _suspect ? _losses + 1 : 1;
        _suspect = message;
        if (_losses < Losses) return false;
        Reset();
        return true;
    }

    /// <summary>Nobody is under suspicion.</summary>
    public void Reset() => (_suspect, _losses) = (-1, 0);
}
