using Fairlead.Features.Rules.Actions;
using Fairlead.Targets.DynamoDb;
using Fairlead.Targets.Http;
using Fairlead.Targets.Items;
using Fairlead.Targets.Kafka;
using Fairlead.Targets.Lambda;
using Fairlead.Targets.S3;
using Fairlead.Targets.Signing;
using Fairlead.Targets.Sqs;
using Fairlead.Targets.Streams;
using Fairlead.Targets.Tables;

namespace Fairlead.Targets;

/// <summary>
/// The types of actions that talk to something outside, and the clients that they share: each is made once, connects when it is first
/// needed, and is closed at the end of the hub.
/// </summary>
/// <param name="options">Where targets are.</param>
internal sealed class RuleTargets(RuleTargetOptions options) : IAsyncDisposable
{
    private readonly TargetHttp _http = new(options.Connections);
    private IObjectStore? _objects;
    private IItemStore? _items;
    private SqsQueues? _queues;
    private RecordStreams? _streams;
    private KafkaProducers? _producers;

    /// <summary>Schemes of <c>Rules:Queues</c>.</summary>
    public static string[] QueueSchemes { get; } = ["amqp", "amqps"];

    /// <summary>Schemes of <c>Rules:Streams</c>.</summary>
    public static string[] StreamSchemes { get; } = ["amqp", "amqps", "file", "kafka"];

    /// <summary>Makes the types; called once.</summary>
    /// <param name="context">What they may use of the hub.</param>
    public IReadOnlyList<IRuleActionType> Create(RuleActionContext context)
    {
        var log = context.Loggers.CreateLogger("Fairlead.Targets");
        var region = context.Scope.Region;
        _objects = Objects(region);
        _items = Items(region);
        _queues = new SqsQueues(options, region, context.Time, log, _http);
        _producers = new KafkaProducers(log);
        _streams = new RecordStreams(options, _producers, log);
        return
        [
            new HttpActionType(options, context, _http),
            new S3ActionType(_objects, options.Patience),
            new DynamoActionType(_items, options.Patience),
            new DynamoV2ActionType(_items, options.Patience),
            new SqsActionType(_queues, options.Patience),
            new LambdaActionType(context.Functions, _http, options.Patience),
            new KafkaActionType(context.Destinations, _producers, options.Patience),
            new FirehoseActionType(_streams, options.Patience),
            new KinesisActionType(_streams, options.Patience),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_queues is not null) await _queues.DisposeAsync().ConfigureAwait(false);
        if (_streams is not null) await _streams.DisposeAsync().ConfigureAwait(false);
        if (_items is not null) await _items.DisposeAsync().ConfigureAwait(false);
        // The client waits for what it still holds.
        if (_producers is not null) await Task.Run(_producers.Dispose).ConfigureAwait(false);
        _objects?.Dispose();
        _http.Dispose();
    }

    private IObjectStore? Objects(string region)
    {
        if (options.S3.Length == 0) return null;
        var url = new Uri(options.S3);
        return url.IsFile ? new ObjectFolder(url.LocalPath) : new ObjectServer(options.S3, SigningKey.Find(options.Keys, "s3"), region, options.Connections);
    }

    private IItemStore? Items(string region)
    {
        if (options.Tables.Length > 0) return new TableServer(options.Tables, options.Connections);
        return options.DynamoDb.Length == 0 ? null : new DynamoServer(options.DynamoDb, SigningKey.Find(options.Keys, "dynamodb"), region, options.Connections);
    }
}
