using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.DirectMessages;

/// <summary>
/// A way for direct messages to clients that take none over MQTT as they are (devices of the Azure dialect). Asked only when the broker has
/// not sent the message, so that it costs the usual path nothing.
/// </summary>
internal interface IDirectMessageRoute
{
    /// <summary>Sends a message when the client is one of its own and connected.</summary>
    /// <param name="clientId">The receiver.</param>
    /// <param name="publication">The message; valid during the call.</param>
    /// <param name="properties">Its MQTT 5 properties.</param>
    /// <param name="life">How long the receiver has to take it.</param>
    /// <param name="onEnded">Hears once that the client has dealt with it, or has gone before; null when nobody waits. Must not block.</param>
    /// <returns>What became of it; null when the client is none of its own.</returns>
    DirectResult? TrySend(string clientId, in Publication publication, PublishProperties properties, TimeSpan life, Action<DirectResult>? onEnded);
}
