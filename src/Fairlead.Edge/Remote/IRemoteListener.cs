using Fairlead.Client.Mqtt;

namespace Fairlead.Edge.Remote;

/// <summary>A further user of the remote connection, such as configuration by a shadow.</summary>
internal interface IRemoteListener
{
    /// <summary>Topic Filters that it needs, at QoS 1.</summary>
    IReadOnlyList<string> Subscriptions { get; }

    /// <summary>The connection stands and has the subscriptions.</summary>
    /// <param name="publish">Publishes at QoS 1 on this connection; a failure is that of the connection.</param>
    void OnConnected(Func<string, ReadOnlyMemory<byte>, Task> publish);

    /// <summary>A message came.</summary>
    /// <returns>Whether it was for this listener.</returns>
    bool OnMessage(ReceivedMessage message);
}
