using Fairlead.Broker.Connections;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Sessions;

/// <content>Direct messages: to the connection now, or not at all; nothing is queued, kept or sent again (spec/aws-messaging 3.7).</content>
internal sealed partial class Deliveries
{
    /// <summary>Sends a direct message: QoS 0, or QoS 1 when somebody waits for its PUBACK.</summary>
    /// <param name="connection">The connection that was found and asked about.</param>
    /// <param name="publication">The message.</param>
    /// <param name="confirmation">Who waits; null for nobody.</param>
    /// <param name="scratch">This thread's scratch.</param>
    public DirectResult SendDirect(
        Connection connection, in Publication publication, DirectConfirmation? confirmation, PublishScratch scratch)
    {
        if (confirmation is null) return ToDirect(connection.SendDirect(publication, QualityOfService.AtMostOnce, 0, scratch));
        lock (_lock)
        {
            if (!ReferenceEquals(_connection, connection)) return DirectResult.NotConnected;
            var exchanges = Started;
            if (!exchanges.HasRoom) return DirectResult.WindowFull;
            return connection.Output.HasRoom ? ToDirect(exchanges.StartDirect(publication, confirmation, scratch)) : DirectResult.NotWritable;
        }
    }

    private static DirectResult ToDirect(WriteResult result) => result switch
    {
        WriteResult.Written => DirectResult.Sent,
        WriteResult.TooLarge => DirectResult.TooLarge,
        WriteResult.Closed => DirectResult.NotConnected,
        _ => DirectResult.NotWritable,
    };
}
