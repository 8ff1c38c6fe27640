namespace Fairlead.Edge.Transforms;

/// <summary>When a batch is complete; whichever comes first.</summary>
/// <param name="Messages">Messages in it.</param>
/// <param name="Bytes">Bytes of their payloads.</param>
/// <param name="Wait">Time since the first.</param>
internal sealed record BatchLimits(int Messages, int Bytes, TimeSpan Wait);
