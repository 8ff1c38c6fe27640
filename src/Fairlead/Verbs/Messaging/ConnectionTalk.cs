using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Messaging;

/// <summary>Tells on stderr when the connection is lost and when it is back.</summary>
internal sealed class ConnectionTalk(string verb, Terminal terminal, TalkFlags.Settings talk, bool verbose)
{
    private bool _wasLost;

    public void OnStateChanged(ConnectionStateChange change)
    {
        switch (change.State)
        {
            case ConnectionState.Reconnecting:
                _wasLost = true;
                Say($"{change.Error!.What}: {change.Error.Why}; attempt {change.Attempt} in {change.RetryIn!.Value.TotalSeconds:0.0} s");
                break;
            case ConnectionState.Connected when change.Error is not null:
                Say(change.Error.Message);
                break;
            case ConnectionState.Connected when _wasLost:
                _wasLost = false;
                Say(change.SessionPresent ? "connected again, the Session was kept" : "connected again with a new Session");
                break;
            case ConnectionState.Connected when verbose:
                Say(change.SessionPresent ? "connected, the Session was kept" : "connected");
                break;
            default:
                break;
        }
    }

    private void Say(string text)
    {
        if (!talk.Quiet)
            terminal.Error.WriteLine($"fairlead {verb}: {text}");
    }
}
