namespace Fairlead.Edge.Spool;

/// <summary>
/// Recognises the message that ends the connection each time it is sent: the first unacknowledged one at three losses in a row, each
/// within ten seconds of sending it (spec 8.3).
/// </summary>
internal sealed class PoisonWatch
{
    /// <summary>Losses that convict.</summary>
    public const int Strikes = 3;

    /// <summary>How soon after sending a loss counts.</summary>
    public static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(10);

    private long _suspect;
    private int _strikes;

    /// <summary>Notes a loss.</summary>
    /// <param name="first">First unacknowledged message; null when there was none.</param>
    /// <param name="sinceSent">How long ago it was sent.</param>
    /// <returns>Whether the message is convicted.</returns>
    public bool OnLoss(SpooledMessage? first, TimeSpan sinceSent)
    {
        if (first is null || sinceSent > Suspicious)
        {
            Reset();
            return false;
        }

        _strikes = first.Sequence == _suspect ? _strikes + 1 : 1;
        _suspect = first.Sequence;
        if (_strikes < Strikes) return false;
        Reset();
        return true;
    }

    /// <summary>Forgets the suspect.</summary>
    public void Reset()
    {
        _suspect = 0;
        _strikes = 0;
    }
}
