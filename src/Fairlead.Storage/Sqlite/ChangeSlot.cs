using Fairlead.Broker.Durability;

namespace Fairlead.Storage.Sqlite;

/// <summary>One change in a group, with what the writer notes about it.</summary>
internal struct ChangeSlot
{
    public StoreChange Change;

    /// <summary>Set instead of <see cref="Change"/>: somebody waits until all before it is durable.</summary>
    public TaskCompletionSource? Flush;

    /// <summary>
    /// Packet Identifier when the change was announced. The entry's own may be newer: read later, it could be one that an older entry
    /// gives up only in the next group, and after a crash two entries would claim it.
    /// </summary>
    public ushort PacketId;

    /// <summary>Whether it goes into this transaction.</summary>
    public bool Write;

    /// <summary>Row of the journal that took it.</summary>
    public long Row;

    /// <summary>Length of the entry's record.</summary>
    public int RecordBytes;

    /// <summary>Length of the body's record; 0 when the body was there.</summary>
    public int BodyBytes;
}
