using Fairlead.Broker.Connections;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Routing;
using Fairlead.Broker.Security;

namespace Fairlead.Broker;

/// <content>Who may receive what.</content>
public sealed partial class MqttBroker
{
    /// <summary>
    /// Whether a message may be sent to a client now; called for every sending, live or from a queue. A denied one is dropped for that
    /// client and counted.
    /// </summary>
    internal bool MayReceive(Connection connection, ReadOnlySpan<byte> topic, PublishScratch scratch) =>
        !connection.IsGoverned || AskReceive(connection, topic, scratch);

    private bool AskReceive(Connection connection, ReadOnlySpan<byte> topic, PublishScratch scratch)
    {
        var decision = Authorizer.Authorize(new AccessRequest(connection.Subject, AccessAction.Receive, topic));
        if (decision.Allowed)
        {
            scratch.Counters.ReceiveAllowed++;
            return true;
        }

        Counters.CountDecision(AccessAction.Receive, false);
        Counters.CountDrop(DropReason.Refused);
        Interlocked.Increment(ref connection.Dropped);
        Refusals?.OnPublishSent(connection.Subject, topic, Protocols.Mqtt.ReasonCode.NotAuthorized, "not authorized: iot:Receive");
        Log.ReceiveRefused(connection, topic, decision);
        return false;
    }
}
