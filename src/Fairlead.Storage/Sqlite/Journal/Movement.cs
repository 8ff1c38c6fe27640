namespace Fairlead.Storage.Sqlite.Journal;

/// <summary>A record that was written again in row <paramref name="Row"/>.</summary>
/// <param name="Kind">Body, Entry or InboundReceived.</param>
/// <param name="Id">As in <see cref="Record.Id"/>.</param>
/// <param name="PacketId">For the inbound kind.</param>
/// <param name="Row">The newer row.</param>
internal readonly record struct Movement(RecordKind Kind, long Id, ushort PacketId, long Row);
