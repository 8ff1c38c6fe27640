namespace Fairlead.Server.Http;

/// <summary>Where the hub is in its life.</summary>
internal enum HubPhase
{
    /// <summary>Not all listeners are open yet.</summary>
    Starting,

    /// <summary>Serving.</summary>
    Ready,

    /// <summary>Saying goodbye.</summary>
    Stopping,
}

/// <summary>The phase, shared by those who report it.</summary>
internal sealed class HubState
{
    private volatile HubPhase _phase = HubPhase.Starting;

    /// <summary>The phase.</summary>
    public HubPhase Phase
    {
        get => _phase;
        set => _phase = value;
    }
}
