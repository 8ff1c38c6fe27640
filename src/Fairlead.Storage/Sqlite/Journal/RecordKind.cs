namespace Fairlead.Storage.Sqlite.Journal;

/// <summary>First byte of a record in a journal row. The numbers are in files: never change one.</summary>
internal enum RecordKind : byte
{
    /// <summary>A message, held by any number of entries.</summary>
    Body = 1,

    /// <summary>A queue entry: whose, which message, and how far its delivery is.</summary>
    Entry = 2,

    /// <summary>The entry was given a Packet Identifier.</summary>
    PacketId = 3,

    /// <summary>PUBREC arrived for the entry.</summary>
    Released = 4,

    /// <summary>The entry is over.</summary>
    Settled = 5,

    /// <summary>QoS 2 inbound: a Packet Identifier was received.</summary>
    InboundReceived = 6,

    /// <summary>QoS 2 inbound: it was released.</summary>
    InboundReleased = 7,
}
