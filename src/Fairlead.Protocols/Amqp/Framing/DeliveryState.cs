using System.Runtime.InteropServices;

namespace Fairlead.Protocols.Amqp;

/// <summary>Kinds of delivery state (spec 7.3).</summary>
public enum DeliveryStateKind : byte
{
    /// <summary>No state.</summary>
    None,

    /// <summary>Part of it has come; no outcome yet.</summary>
    Received,

    /// <summary>Taken over.</summary>
    Accepted,

    /// <summary>Never acceptable.</summary>
    Rejected,

    /// <summary>Not worked on; to be given out again.</summary>
    Released,

    /// <summary>Not worked on; to be given out again with changes.</summary>
    Modified,

    /// <summary>A state that this codec does not know, such as that of a transaction.</summary>
    Unknown,
}

/// <summary>State or outcome of a delivery. A value; the common ones hold no reference.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DeliveryState
{
    /// <summary>Accepted.</summary>
    public static DeliveryState Accepted => new() { Kind = DeliveryStateKind.Accepted };

    /// <summary>Released.</summary>
    public static DeliveryState Released => new() { Kind = DeliveryStateKind.Released };

    /// <summary>What it is.</summary>
    public DeliveryStateKind Kind { get; init; }

    /// <summary>Rejected: why; null when the receiver does not say.</summary>
    public AmqpError? Error { get; init; }

    /// <summary>Modified: whether it counts as an attempt that failed.</summary>
    public bool DeliveryFailed { get; init; }

    /// <summary>Modified: whether this receiver must not get it again.</summary>
    public bool UndeliverableHere { get; init; }

    /// <summary>Modified: annotations to merge; null for none.</summary>
    public AmqpMap? Annotations { get; init; }

    /// <summary>Received: the section that the receiver has got to.</summary>
    public uint SectionNumber { get; init; }

    /// <summary>Received: bytes of that section.</summary>
    public ulong SectionOffset { get; init; }

    /// <summary>Whether this ends the delivery (everything but none, received and unknown).</summary>
    public bool IsOutcome => Kind is DeliveryStateKind.Accepted or DeliveryStateKind.Rejected or DeliveryStateKind.Released or DeliveryStateKind.Modified;

    /// <summary>Rejected.</summary>
    /// <param name="error">Why.</param>
    public static DeliveryState Rejected(AmqpError? error = null) => new() { Kind = DeliveryStateKind.Rejected, Error = error };

    /// <summary>Modified.</summary>
    /// <param name="deliveryFailed">Whether it counts as an attempt that failed.</param>
    /// <param name="undeliverableHere">Whether this receiver must not get it again.</param>
    public static DeliveryState Modified(bool deliveryFailed, bool undeliverableHere = false) =>
        new() { Kind = DeliveryStateKind.Modified, DeliveryFailed = deliveryFailed, UndeliverableHere = undeliverableHere };
}
