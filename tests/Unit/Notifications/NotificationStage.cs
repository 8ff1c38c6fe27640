using System.Collections.Concurrent;
using Fairlead.Broker.Durability;
using Fairlead.Features;
using Fairlead.Features.Documents;
using Fairlead.Features.Notifications;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Topics;
using Fairlead.Unit.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Fairlead.Unit.Notifications;

/// <summary>A queue of deliveries over a real store, with a sender that does what the test says.</summary>
internal sealed class NotificationStage : IDeliverySender, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly StoreDirectory _directory = new();
    private readonly NotificationOptions _options;
    private IBrokerStore _store = null!;
    private DeliveryQueue? _queue;

    public NotificationStage(NotificationOptions? options = null)
    {
        _options = options ?? new NotificationOptions();
        Open();
    }

    public FeatureContext Context { get; private set; } = null!;

    public TopicTables Tables { get; private set; } = null!;

    public NotificationCounters Counters { get; private set; } = null!;

    public Publisher Publisher { get; private set; } = null!;

    /// <summary>What becomes of each try.</summary>
    public Func<PendingMessage, CancellationToken, Task<DeliveryOutcome>> Answer { get; set; } = static (_, _) => Task.FromResult(DeliveryOutcome.Delivered);

    public RetryPolicy Policy { get; set; } = RetryPolicy.Usual with { NoDelay = 3 };

    public ConcurrentQueue<string> Tried { get; } = new();

    public void Start() => _queue!.Start(_ => this, Task.CompletedTask);

    /// <summary>Makes a topic with confirmed subscriptions.</summary>
    public async Task SubscribeAsync(string topic, int subscriptions)
    {
        lock (Context.Documents.Gate)
        {
            Tables.Topics.Save(topic, new Topic(topic, 0));
            for (var i = 0; i < subscriptions; i++)
            {
                var one = new Subscription(topic, Guid.NewGuid().ToString(), Protocol.Http, $"http://127.0.0.1:{1000 + i}/", 0) { IsConfirmed = true };
                Tables.Subscriptions.Save(one.Key, one);
            }
        }

        await Context.Documents.CommitAsync();
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!condition())
        {
            late.IsCancellationRequested.ShouldBeFalse("it did not come to that");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>Closes the store without a word and reads it again, as after a crash.</summary>
    public async Task CrashAsync()
    {
        await _store.DisposeAsync();
        Open();
    }

    public RetryPolicy PolicyOf(Subscription subscription, Topic topic) => Policy;

    public Task<DeliveryOutcome> SendAsync(PendingMessage message, Subscription subscription, Topic topic, CancellationToken cancellationToken)
    {
        Tried.Enqueue(message.Body);
        return Answer(message, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _queue!.StopAsync();
        _queue.Dispose();
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    private void Open()
    {
        _store = _directory.Open();
        var documents = _store.Load().Documents;
        Context = new FeatureContext(new HubScope(), new DocumentStore(_store, TimeProvider.System), TimeProvider.System, NullLoggerFactory.Instance);
        Tables = new TopicTables(Context.Documents);
        Counters = new NotificationCounters();
        _queue = new DeliveryQueue(Context, Tables, _options, Counters);
        Publisher = new Publisher(Context, Tables, _queue, Counters);
        Context.Documents.Load(documents);
    }
}
