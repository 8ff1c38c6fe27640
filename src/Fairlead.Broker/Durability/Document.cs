namespace Fairlead.Broker.Durability;

/// <summary>
/// What a feature keeps: one record of its own as bytes. The broker does not look into it; its store keeps documents in the same order,
/// and with the same promise, as everything else.
/// </summary>
/// <param name="Collection">Which kind of record, such as <c>things</c>.</param>
/// <param name="Key">Unique within the collection.</param>
/// <param name="Body">The record; empty in a removal.</param>
public sealed record Document(string Collection, string Key, ReadOnlyMemory<byte> Body);
