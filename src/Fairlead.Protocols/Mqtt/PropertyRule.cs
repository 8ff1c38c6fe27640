namespace Fairlead.Protocols.Mqtt;

/// <summary>Where a property may stand and what it may hold.</summary>
/// <param name="Name">The standard's name, for messages.</param>
/// <param name="Kind">Type and range.</param>
/// <param name="Packets">Bit n: legal in packet type n; bit 0: legal among the Will Properties.</param>
/// <param name="RepeatableIn">The same for packets in which it may appear more than once.</param>
internal readonly record struct PropertyRule(string Name, PropertyKind Kind, ushort Packets, ushort RepeatableIn);
