using Fairlead.Broker.Connections;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Sessions;

/// <content>Confirmed direct messages: a slot with a Packet Identifier and who waits for its PUBACK.</content>
internal sealed partial class Exchanges
{
    /// <summary>Starts a direct delivery. Anything but Written leaves nothing behind.</summary>
    public WriteResult StartDirect(in Publication publication, DirectConfirmation confirmation, PublishScratch scratch)
    {
        scratch.Counters.Inflight++;
        ref var slot = ref _inflight.Add(null, QualityOfService.AtLeastOnce);
        slot.Direct = confirmation;
        slot.SentAt = broker.Now;
        slot.Sent = true;
        _sent++;
        var result = _connection!.SendDirect(publication, QualityOfService.AtLeastOnce, slot.PacketId, scratch);
        if (result != WriteResult.Written) Complete(ref slot);
        return result;
    }

    /// <summary>A direct message that nobody has acknowledged for as long as others are kept gives its slot back (profile aws).</summary>
    private bool ForgetDirect(ref Delivery slot, long now, long life)
    {
        if (slot.Direct is null || life <= 0 || now - slot.SentAt < life) return false;
        broker.Counters.CountDrop(Diagnostics.DropReason.Unacknowledged);
        slot.Direct.End(DirectResult.Disconnected, ReasonCode.UnspecifiedError);
        Complete(ref slot);
        return true;
    }
}
