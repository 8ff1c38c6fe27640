using System.Diagnostics.CodeAnalysis;
using Fairlead.Targets.Kafka;
using Fairlead.Targets.Rabbit;
using Microsoft.Extensions.Logging;

namespace Fairlead.Targets.Streams;

/// <summary>The streams that <c>Rules:Streams</c> names.</summary>
internal sealed class RecordStreams : IAsyncDisposable
{
    private readonly Dictionary<string, IRecordStream> _streams = new(StringComparer.Ordinal);

    /// <summary>Takes the settings; nothing is connected or opened.</summary>
    public RecordStreams(RuleTargetOptions options, KafkaProducers producers, ILogger log)
    {
        foreach (var entry in options.Streams)
        {
            if (TargetAddress.TryParse(entry, RuleTargets.StreamSchemes, out var address, out _)) _streams[address.Name] = Make(address, producers, log);
        }
    }

    /// <summary>Finds a stream.</summary>
    /// <param name="name">Name as a rule gives it.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="problem">Why there is none.</param>
    public bool TryFind(string name, [NotNullWhen(true)] out IRecordStream? stream, out string problem)
    {
        problem = "";
        if (_streams.TryGetValue(name, out stream)) return true;
        problem = $"stream '{name}' has no local target; the setting Rules:Streams gives it one (NAME=amqp://HOST/VHOST?exchange=X, NAME=file:///FOLDER or NAME=kafka://HOST:9092/TOPIC)";
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams.Values) await stream.DisposeAsync().ConfigureAwait(false);
    }

    private static IRecordStream Make(TargetAddress address, KafkaProducers producers, ILogger log)
    {
        if (address.Scheme == "file") return new FileStreamTarget(address, log);
        if (address.Scheme != "kafka") return new RabbitStream(new RabbitTarget(address, isQueue: false, log));
        KafkaStream.Read(address, out var topic, out var properties);
        return new KafkaStream(topic, properties, producers);
    }
}
