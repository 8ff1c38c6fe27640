using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker;

/// <content>What services do with one connection and no other.</content>
public sealed partial class MqttBroker
{
    /// <summary>Ends one connection; a version 5 client gets DISCONNECT with the code. False when it is not there any more.</summary>
    /// <param name="connectionId">Number of the connection, from its events.</param>
    /// <param name="code">Reason Code of the DISCONNECT.</param>
    /// <param name="reason">One sentence.</param>
    public bool DisconnectConnection(long connectionId, ReasonCode code, string reason)
    {
        if (!_connections.TryGetValue(connectionId, out var connection) || connection.IsClosed) return false;
        connection.Close(code, reason);
        return true;
    }

    /// <summary>
    /// Answers a request that a client made by a publication: to it alone, whether or not it subscribes, and kept nowhere. False when that
    /// very connection is gone (a later one under the same Client Identifier is not told what may be a secret), may not receive the topic,
    /// or has no room.
    /// </summary>
    /// <param name="clientId">Client Identifier of the request.</param>
    /// <param name="principal">Its identity, the object that came with the publication.</param>
    /// <param name="answer">The answer; of its QoS 2 becomes 1.</param>
    public bool AnswerClient(string clientId, Principal principal, PublishRequest answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return SendTo(clientId, principal, answer, answer.QoS == QualityOfService.AtMostOnce ? null : new Unwatched()) == DirectResult.Sent;
    }

    /// <summary>
    /// Sends to one connection and no later one under the same Client Identifier, whether or not it subscribes, kept nowhere: for services
    /// that keep what they send themselves.
    /// </summary>
    /// <param name="clientId">Client Identifier.</param>
    /// <param name="principal">Identity of the connection: the very object.</param>
    /// <param name="message">The message.</param>
    /// <param name="confirmation">Who waits for the PUBACK; null sends at QoS 0.</param>
    public DirectResult SendTo(string clientId, Principal principal, PublishRequest message, DirectConfirmation? confirmation)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Directory.Find(clientId) is not { } session || session.Deliveries.Connection is not { IsClosed: false } connection) return DirectResult.NotConnected;
        if (!ReferenceEquals(connection.Principal, principal)) return DirectResult.NotConnected;
        var publication = ToPublication(message, Encoding.UTF8.GetBytes(message.Topic));
        var scratch = PublishScratch.Unused(this);
        if (!MayReceiveDirect(connection, publication.Topic, scratch, out _)) return DirectResult.ReceiveDenied;
        scratch.Encoding.Begin();
        var result = session.Deliveries.SendDirect(connection, publication, confirmation, scratch);
        scratch.Reset();
        scratch.Batch.Flush();
        return result;
    }

    /// <summary>Nobody waits for the PUBACK: a client that has lost its answer asks again.</summary>
    private sealed class Unwatched : DirectConfirmation
    {
        protected override void OnEnded(DirectResult result, ReasonCode code)
        {
            // Sent is what counts.
        }
    }
}
