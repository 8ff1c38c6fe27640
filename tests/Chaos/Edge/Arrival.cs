namespace Fairlead.Chaos.Edge;

/// <summary>A message as a recorder saw it.</summary>
/// <param name="Topic">Topic Name.</param>
/// <param name="Text">Payload as text.</param>
/// <param name="Payload">Payload.</param>
/// <param name="At">When, by the clock of the machine.</param>
/// <param name="Retain">RETAIN flag.</param>
public sealed record Arrival(string Topic, string Text, byte[] Payload, DateTimeOffset At, bool Retain);
