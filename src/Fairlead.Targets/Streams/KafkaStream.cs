using System.Text;
using Confluent.Kafka;
using Fairlead.Targets.Kafka;

namespace Fairlead.Targets.Streams;

/// <summary>A stream as a topic of Kafka: <c>kafka://host:9092,other:9092/topic?security.protocol=PLAINTEXT</c>. The partition key is the key.</summary>
internal sealed class KafkaStream(string topic, IReadOnlyDictionary<string, string> properties, KafkaProducers producers) : IRecordStream
{
    private readonly KafkaLeases _leases = new(producers);

    /// <summary>Takes servers, topic and properties out of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="topic">Topic.</param>
    /// <param name="properties">Properties of the client.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? Read(TargetAddress address, out string topic, out Dictionary<string, string> properties)
    {
        properties = new Dictionary<string, string>(address.Options, StringComparer.Ordinal);
        var rest = address.Url["kafka://".Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        topic = slash < 0 || slash == rest.Length - 1 ? address.Name : rest[(slash + 1)..];
        properties["bootstrap.servers"] = slash < 0 ? rest : rest[..slash];
        foreach (var (name, value) in properties)
        {
            if (KafkaProperties.Problem(name, value) is not null) return $"has the option {name}, which is not known or has a value that cannot be used";
        }

        return KafkaProperties.Translate(properties, new Dictionary<string, string>(StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<StreamCall> calls, CancellationToken cancellationToken)
    {
        if (_leases.Find(properties, out var producer) is { } problem)
        {
            foreach (var call in calls) call.FailForNow($"cannot write to stream {call.Resource}: {problem}");
            return;
        }

        await Task.WhenAll(calls.Select(call => WriteAsync(call, producer!, cancellationToken))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.Run(_leases.Dispose).ConfigureAwait(false);

    private async Task WriteAsync(StreamCall call, KafkaProducer producer, CancellationToken cancellationToken)
    {
        var key = call.PartitionKey.Length > 0 ? Encoding.UTF8.GetBytes(call.PartitionKey) : null;
        var errors = await Task.WhenAll(call.Records.Select(
            record => producer.ProduceAsync(new KafkaRecord(topic, Partition.Any, key, record, null), cancellationToken))).ConfigureAwait(false);
        if (Array.Find(errors, static error => error.Code != ErrorCode.NoError) is not { } error)
        {
            call.Succeed();
            return;
        }

        var why = $"cannot write to stream {call.Resource}, topic {topic} at {producer.Servers}: {error.Reason}";
        if (KafkaProducer.IsFinal(error)) call.Fail(why);
        else call.FailForNow(why);
    }
}
