namespace Fairlead.Edge.Spool;

/// <summary>A message that is not decided yet.</summary>
/// <param name="Entry">The message.</param>
/// <param name="Receipt">Who waits for it.</param>
/// <param name="Size">Bytes of its record.</param>
internal readonly record struct PendingAppend(SpoolEntry Entry, SpoolReceipt Receipt, int Size);
