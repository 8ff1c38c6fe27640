using System.Globalization;
using System.Text;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Load.Engine;

// Devices that send over AMQP, a link each on one connection: so many messages of each are under way, and the next goes out with an outcome.
internal sealed class DeviceSender(int first, int devices, int underWay) : ISenderHandler
{
    private static readonly byte[] Message = new AmqpMessage
    {
        Properties = new MessageProperties { ContentType = "application/json" },
        Data = [Encoding.ASCII.GetBytes("""{"temperature":21.5,"humidity":48.2,"state":"ok","note":"a telemetry message of a usual size, 100B"}""")],
    }.Encode();

    private volatile bool _stopping;
    private long _sent;
    private long _accepted;
    private long _refused;

    internal long Accepted => Interlocked.Read(ref _accepted);

    internal long Refused => Interlocked.Read(ref _refused);

    internal bool IsDone => Interlocked.Read(ref _sent) == Accepted + Refused;

    internal async Task StartAsync(HubPeer peer)
    {
        var links = new AmqpSender[devices];
        for (int n = 0; n < devices; n++)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"/devices/dev-{first + n:D5}/messages/events");
            links[n] = await peer.Session.AttachSenderAsync(new LinkSettings { Name = address, Target = new Target { Address = address } }, this);
        }

        foreach (AmqpSender link in links)
            Fill(link);
    }

    internal void Stop() => _stopping = true;

    public void OnCredit(AmqpSender sender) => Fill(sender);

    public void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome)
    {
        if (outcome.State.Kind == DeliveryStateKind.Accepted)
            Interlocked.Increment(ref _accepted);
        else
            Interlocked.Increment(ref _refused);
        Fill(sender);
    }

    private void Fill(AmqpSender link)
    {
        while (!_stopping && link.Unsettled < underWay)
        {
            Interlocked.Increment(ref _sent);
            if (link.TrySend(Message) == SendResult.Sent)
                continue;
            Interlocked.Decrement(ref _sent);
            return;
        }
    }
}
