using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Kafka;

/// <summary>The kafka action: the result becomes the value of a record.</summary>
internal sealed class KafkaAction(KafkaDefinition definition, KafkaProducers producers, TimeSpan patience) : IRuleAction
{
    private readonly KafkaLeases _leases = new(producers);

    /// <inheritdoc/>
    public int LargestBatch => 500;

    /// <inheritdoc/>
    public TimeSpan Patience => patience;

    /// <inheritdoc/>
    public ActionCall Prepare(RuleEvaluation evaluation)
    {
        var call = new KafkaCall(evaluation, definition.Topic.Resolve(evaluation));
        if (!IsTopic(call.Resource)) return call.Fail($"'{call.Resource}' is not the name of a topic");
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, template) in definition.Properties)
        {
            var value = template.Resolve(evaluation);
            // The value may be a secret: the message must not repeat it.
            if (KafkaProperties.Problem(name, value) is not null) return call.Fail($"cannot produce to topic {call.Resource}: {name} has a value that cannot be used");
            properties[name] = value;
        }

        var partition = definition.Partition?.Resolve(evaluation) ?? "";
        var number = -1;
        if (partition.Length > 0 && !int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return call.Fail($"cannot produce to topic {call.Resource}: '{partition}' is not the number of a partition");
        call.Properties = properties;
        call.Record = new KafkaRecord(
            call.Resource, new Partition(number), definition.Key is null ? null : Encoding.UTF8.GetBytes(definition.Key.Resolve(evaluation)), call.Payload, HeadersOf(evaluation));
        return call;
    }

    /// <inheritdoc/>
    public async ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
    {
        var running = new Task[calls.Count];
        for (var i = 0; i < calls.Count; i++) running[i] = ProduceAsync((KafkaCall)calls[i], cancellationToken);
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.Run(_leases.Dispose).ConfigureAwait(false);

    private async Task ProduceAsync(KafkaCall call, CancellationToken cancellationToken)
    {
        if (_leases.Find(call.Properties, out var producer) is { } problem)
        {
            call.Fail($"cannot produce to topic {call.Resource}: {problem}");
            return;
        }

        var error = await producer!.ProduceAsync(call.Record!, cancellationToken).ConfigureAwait(false);
        var why = $"cannot produce to topic {call.Resource} at {producer.Servers}: {error.Reason}";
        if (error.Code == ErrorCode.NoError) call.Succeed();
        else if (KafkaProducer.IsFinal(error)) call.Fail(why);
        else call.FailForNow(why);
    }

    private Headers? HeadersOf(RuleEvaluation evaluation)
    {
        if (definition.Headers.Count == 0) return null;
        var headers = new Headers();
        foreach (var (key, value) in definition.Headers) headers.Add(key.Resolve(evaluation), Encoding.UTF8.GetBytes(value.Resolve(evaluation)));
        return headers;
    }

    private static bool IsTopic(string topic) =>
        topic.Length is > 0 and <= 249 && topic is not ("." or "..") && topic.All(static unit => char.IsAsciiLetterOrDigit(unit) || unit is '.' or '_' or '-');
}
