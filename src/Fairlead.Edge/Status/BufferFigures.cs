namespace Fairlead.Edge.Status;

/// <summary>What waits in the spool for a link, and what was lost.</summary>
/// <param name="Messages">Messages that wait.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="OldestUnixMs">Arrival of the oldest; 0 when none waits.</param>
/// <param name="Dropped">Messages dropped, for whatever reason.</param>
/// <param name="DeadLettered">Messages put aside because the remote endpoint cannot take them.</param>
/// <param name="IsBlocked">Whether local messages wait because the spool can take nothing.</param>
/// <param name="Fault">Why the spool cannot be written; null when it can.</param>
internal readonly record struct BufferFigures(long Messages, long Bytes, long OldestUnixMs, long Dropped, long DeadLettered, bool IsBlocked, string? Fault);
