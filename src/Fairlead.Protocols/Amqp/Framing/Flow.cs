using System.Runtime.InteropServices;

namespace Fairlead.Protocols.Amqp;

/// <summary>Updates the flow state of a session and, with a handle, of a link.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Flow
{
    /// <summary>Transfer-id expected next; null when the sender of this has not seen the peer's begin.</summary>
    public uint? NextIncomingId { get; init; }

    /// <summary>Transfer frames that the sender of this takes.</summary>
    public uint IncomingWindow { get; init; }

    /// <summary>Transfer-id of its next transfer frame.</summary>
    public uint NextOutgoingId { get; init; }

    /// <summary>Transfer frames that it may send.</summary>
    public uint OutgoingWindow { get; init; }

    /// <summary>Its handle of the link; null when only the session is meant.</summary>
    public uint? Handle { get; init; }

    /// <summary>The link's delivery-count.</summary>
    public uint? DeliveryCount { get; init; }

    /// <summary>Deliveries that may still come.</summary>
    public uint? LinkCredit { get; init; }

    /// <summary>Deliveries that the link's sender has ready.</summary>
    public uint? Available { get; init; }

    /// <summary>Whether credit shall be used or given back at once.</summary>
    public bool Drain { get; init; }

    /// <summary>Whether a flow shall come back.</summary>
    public bool Echo { get; init; }
}

/// <summary>Tells state and settlement of deliveries.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Disposition
{
    /// <summary>Whether the sender of this is the receiver of the deliveries.</summary>
    public bool IsReceiver { get; init; }

    /// <summary>First delivery-id.</summary>
    public uint First { get; init; }

    /// <summary>Last delivery-id; the same as <see cref="First"/> when the wire has none.</summary>
    public uint Last { get; init; }

    /// <summary>Whether they are settled.</summary>
    public bool Settled { get; init; }

    /// <summary>Their state.</summary>
    public DeliveryState State { get; init; }

    /// <summary>Whether the peer may take its time to act on it.</summary>
    public bool Batchable { get; init; }
}

/// <summary>Carries a delivery, or a part of one; the payload follows it in the frame.</summary>
[StructLayout(LayoutKind.Auto)]
public ref struct Transfer
{
    /// <summary>Handle of its sender.</summary>
    public uint Handle { get; set; }

    /// <summary>Number of the delivery; null in frames after the first.</summary>
    public uint? DeliveryId { get; set; }

    /// <summary>Tag of the delivery, at most 32 bytes; empty in frames after the first.</summary>
    public ReadOnlySpan<byte> DeliveryTag { get; set; }

    /// <summary>Format of the message; null in frames after the first. 0 is the standard's; 0x80013700 a batch (spec 2.5).</summary>
    public uint? MessageFormat { get; set; }

    /// <summary>Whether its sender has settled it; null when not given.</summary>
    public bool? Settled { get; set; }

    /// <summary>Whether more frames of this delivery follow.</summary>
    public bool More { get; set; }

    /// <summary>When the receiver shall settle this one delivery; null for the link's mode.</summary>
    public ReceiverSettleMode? ReceiverSettleMode { get; set; }

    /// <summary>State of the delivery at its sender.</summary>
    public DeliveryState State { get; set; }

    /// <summary>Whether a delivery of an earlier attachment goes on.</summary>
    public bool Resume { get; set; }

    /// <summary>Whether the delivery is given up.</summary>
    public bool Aborted { get; set; }

    /// <summary>Whether the peer may take its time to answer.</summary>
    public bool Batchable { get; set; }
}
