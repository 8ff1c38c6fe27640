using System.Globalization;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Load.Engine;

// A consumer of what devices have sent: all partitions on one connection, as Event Hubs' clients read them.
internal sealed class EventsReader : IReceiverHandler
{
    private const uint Window = 1_000;

    private long _read;

    internal long Read => Interlocked.Read(ref _read);

    internal async Task StartAsync(HubPeer peer, int partitions)
    {
        for (int n = 0; n < partitions; n++)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"/messages/events/ConsumerGroups/$Default/Partitions/{n}");
            await peer.Session.AttachReceiverAsync(new LinkSettings { Name = address, Source = new Source { Address = address }, CreditWindow = Window }, this);
        }
    }

    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        if (!delivery.Settled)
            receiver.Settle(delivery.DeliveryId, DeliveryState.Accepted);
        Interlocked.Increment(ref _read);
    }
}
