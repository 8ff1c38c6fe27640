using Fairlead.Client.Mqtt;

namespace Fairlead.Edge.Local;

/// <summary>Takes what comes from the local broker.</summary>
internal interface ILocalMessages
{
    /// <summary>A connection stands, before anything is received on it.</summary>
    /// <param name="sessionPresent">Whether the broker still had the Session.</param>
    void OnConnected(bool sessionPresent);

    /// <summary>Takes a message, and what else has come meanwhile. Each is acknowledged when it is safe, in its own time.</summary>
    /// <param name="first">The message.</param>
    /// <param name="client">Where more may wait.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    ValueTask TakeAsync(ReceivedMessage first, MqttClient client, CancellationToken cancellationToken);
}
