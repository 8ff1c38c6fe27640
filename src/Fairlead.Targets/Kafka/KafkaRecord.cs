using Confluent.Kafka;

namespace Fairlead.Targets.Kafka;

/// <summary>A record for Kafka.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition; <see cref="Partition.Any"/> lets the key decide.</param>
/// <param name="Key">Key; null for none.</param>
/// <param name="Value">Value.</param>
/// <param name="Headers">Headers; null for none.</param>
internal sealed record KafkaRecord(string Topic, Partition Partition, byte[]? Key, ReadOnlyMemory<byte> Value, Headers? Headers);
