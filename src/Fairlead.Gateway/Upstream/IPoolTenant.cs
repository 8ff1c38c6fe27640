namespace Fairlead.Gateway.Upstream;

/// <summary>A device in a connection's place, as the connection sees it.</summary>
internal interface IPoolTenant
{
    /// <summary>Whether somebody waits for it: it is brought back first after a reconnect.</summary>
    bool IsUrgent { get; }

    /// <summary>There is a new connection: authorise and attach what was attached. Does not wait for the end of that.</summary>
    void Resume(LiveConnection live);
}
