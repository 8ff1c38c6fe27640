namespace Fairlead.Edge.Local;

/// <summary>
/// Notices that another client has the same Client Identifier: the broker closes the connection twice within ten seconds of its making.
/// Then it is better to wait than to fight (spec section 5). Not thread-safe.
/// </summary>
internal sealed class TakeoverWatch(TimeProvider time)
{
    /// <summary>How long to stay away.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);
    private long _connected;
    private bool _once;

    /// <summary>A connection stands.</summary>
    public void OnConnected() => _connected = time.GetTimestamp();

    /// <summary>The broker itself was away.</summary>
    public void Reset() => _once = false;

    /// <summary>The broker closed it.</summary>
    /// <param name="saidSo">Whether it said that the Session was taken over (MQTT 5).</param>
    /// <param name="orderly">Whether it closed the connection without an error of the network.</param>
    /// <returns>Whether to stay away for a while.</returns>
    public bool OnClosed(bool saidSo, bool orderly)
    {
        if (!(saidSo || orderly) || time.GetElapsedTime(_connected) > Short)
        {
            _once = false;
            return false;
        }

        bool again = _once;
        _once = !again;
        return again;
    }
}
