using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Fairlead.Targets.Kafka;

/// <summary>One client of one cluster, shared by all that use the same properties.</summary>
internal sealed class KafkaProducer : IDisposable
{
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(2);
    private readonly IProducer<byte[]?, byte[]> _producer;

    /// <summary>Starts the client; it connects by itself.</summary>
    /// <param name="configuration">Configuration of librdkafka.</param>
    /// <param name="log">Log.</param>
    public KafkaProducer(Dictionary<string, string> configuration, ILogger log)
    {
        Servers = configuration["bootstrap.servers"];
        _producer = new ProducerBuilder<byte[]?, byte[]>(configuration)
            .SetLogHandler((_, message) => log.KafkaTold(Servers, message.Facility, message.Message))
            .SetErrorHandler((_, error) =>
            {
                // Single brokers come and go; the client tries again by itself.
                if (error.IsFatal) log.KafkaFailed(Servers, error.Reason);
                else log.KafkaTold(Servers, error.Code.ToString(), error.Reason);
            })
            .Build();
    }

    /// <summary>The servers that it was given.</summary>
    public string Servers { get; }

    /// <summary>Produces a record and waits until it is acknowledged.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Ends the wait; the only way in which this throws.</param>
    /// <returns>The error; its code is <see cref="ErrorCode.NoError"/> when there is none.</returns>
    public async Task<Error> ProduceAsync(KafkaRecord record, CancellationToken cancellationToken)
    {
        var message = new Message<byte[]?, byte[]> { Key = record.Key, Value = record.Value.ToArray(), Headers = record.Headers };
        var delivered = new TaskCompletionSource<Error>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _producer.Produce(new TopicPartition(record.Topic, record.Partition), message, report => delivered.TrySetResult(report.Error));
        }
        catch (ProduceException<byte[]?, byte[]> exception)
        {
            return exception.Error;
        }
        catch (ObjectDisposedException)
        {
            return new Error(ErrorCode.Local_Destroy, "the client has been closed");
        }

        return await delivered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether an error stays when the record is produced again.</summary>
    public static bool IsFinal(Error error) => error.Code is ErrorCode.TopicException or ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsg or ErrorCode.InvalidRecord
        or ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.Local_UnknownPartition or ErrorCode.Local_InvalidArg
        or ErrorCode.InvalidRequiredAcks or ErrorCode.RecordListTooLarge or ErrorCode.PolicyViolation;

    /// <inheritdoc/>
    public void Dispose()
    {
        _producer.Flush(FlushTime);
        _producer.Dispose();
    }
}
