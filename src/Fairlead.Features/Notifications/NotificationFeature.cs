using Fairlead.Features.Api;
using Fairlead.Features.Api.Signing;
using Fairlead.Features.Endpoints;
using Fairlead.Features.Functions;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Mail;
using Fairlead.Features.Notifications.Pages;
using Fairlead.Features.Notifications.Query;
using Fairlead.Features.Notifications.Topics;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Notifications;

/// <summary>The slice of notifications, composed: topics, subscriptions, publishing, delivery, and their doors.</summary>
internal sealed partial class NotificationFeature : IFeature, IDisposable
{
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);
    private readonly FeatureContext _context;
    private readonly HubSite _site;
    private readonly SubscriptionService _subscriptions;
    private readonly DeliveryQueue _deliveries;
    private readonly DocumentSigner _signer;
    private readonly HttpSender _http;
    private readonly FunctionSender _functions;
    private readonly MailSender _mail;
    private readonly OutboxFeature _outbox;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger<NotificationFeature> _log;
    private Task _cleaning = Task.CompletedTask;

    /// <summary>Makes the slice; before documents are loaded.</summary>
    public NotificationFeature(FeatureContext context, NotificationSetup setup, HubSite site, FunctionCaller functions, SignatureCheck signatures, IApiAuthorizer authorizer)
    {
        _context = context;
        _site = site;
        _log = new Logger<NotificationFeature>(context.Loggers);
        Arns = new NotificationArns(context.Scope);
        var tables = new TopicTables(context.Documents);
        _signer = new DocumentSigner(context, DocumentSigner.Table(context.Documents));
        _deliveries = new DeliveryQueue(context, tables, setup.Options, Counters);
        var links = new HubLinks(context.Scope, site, setup.Options, Arns);
        var documents = new NotificationDocuments(Arns, links, _signer);
        _http = new HttpSender(Arns, documents);
        _functions = new FunctionSender(functions, documents);
        _mail = new MailSender(setup.Mail, documents, links, setup.Options);
        _outbox = new OutboxFeature(setup.Outbox, setup.UsesOutbox);
        _subscriptions = new SubscriptionService(context, tables, Arns, _deliveries, functions.Directory, setup.Options);
        var topics = new TopicService(context, tables, Arns, _deliveries);
        Publisher = new Publisher(context, tables, _deliveries, Counters);
        Operations = new QueryOperations(
            [.. new TopicCalls(context, tables, topics, Publisher, Arns).All, .. new SubscriptionCalls(context, tables, _subscriptions, Arns).All]);
        Endpoint = new NotificationEndpoint(
            context, Operations, signatures, authorizer, new NotificationPages(context, tables, _subscriptions, Arns), _signer);
        Counters.Topics = () => tables.Topics.Count;
        Counters.Unconfirmed = () => tables.PendingSubscriptions;
        Counters.Confirmed = () => tables.Subscriptions.Count - tables.PendingSubscriptions;
    }

    /// <summary>ARNs of topics.</summary>
    public NotificationArns Arns { get; }

    /// <summary>Publishes to topics.</summary>
    public Publisher Publisher { get; }

    /// <summary>What is counted.</summary>
    public NotificationCounters Counters { get; } = new();

    /// <summary>Operations of the query protocol.</summary>
    public QueryOperations Operations { get; }

    /// <summary>The doors over HTTP.</summary>
    public NotificationEndpoint Endpoint { get; }

    /// <inheritdoc/>
    IEnumerable<ApiOperation> IFeature.Operations => _outbox.Operations;

    /// <inheritdoc/>
    public void Start()
    {
        _deliveries.Start(SenderOf, _site.Opened);
        _cleaning = CleanAsync();
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _cleaning.ConfigureAwait(false);
        await _deliveries.StopAsync().ConfigureAwait(false);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _deliveries.Dispose();
        _http.Dispose();
        _signer.Dispose();
        _stopping.Dispose();
    }

    private IDeliverySender SenderOf(Protocol protocol) => protocol switch
    {
        _ when protocol.IsMail() => _mail,
        Protocol.Lambda => _functions,
        _ => _http,
    };

    private async Task CleanAsync()
    {
        using var rounds = new PeriodicTimer(Round, _context.Time);
        try
        {
            while (await rounds.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                int removed;
                lock (_context.Documents.Gate) removed = _subscriptions.RemoveExpired();
                if (removed > 0) LogExpired(removed);
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
    }

    [LoggerMessage(EventId = 7211, Level = LogLevel.Information, Message = "{Count} subscriptions ended because nobody confirmed them in time", EventName = "subscriptions_expired")]
    private partial void LogExpired(int count);
}
