using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Api;
using Fairlead.Features.Console.Topics;
using Fairlead.Features.Policies;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.Console.Messages;

/// <summary>The test client: subscriptions as a stream, and publishing with everything that MQTT 5 has.</summary>
internal sealed class TestClient(FeatureContext context, TopicTap tap, StreamPlaces places, ExplainFeature explain)
{
    private const int MostFilters = 20;
    private const int MostRetained = 500;
    private const int MostSearched = 20_000;
    private const int BatchLength = 100;
    private const int LargestPayload = 256 * 1024;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("WatchMessages", "GET", "/v1/console/messages", request => new(Watch(request))),
        ApiOperation.Hub("PublishMessage", "POST", "/v1/console/publish", PublishAsync) with { MaximumBody = 2 * LargestPayload },
    ];

    private ApiResponse Watch(ApiRequest request)
    {
        var filters = new List<string>();
        var fresh = new List<string>();
        foreach (var (name, value) in request.Target.Parameters)
        {
            if (name is not ("filter" or "fresh")) continue;
            if (!TopicFilter.IsValid(value) || TopicFilter.IsShared(value)) throw ApiException.InvalidRequest($"'{value}' is not a Topic Filter, or a shared one");
            (name == "filter" ? filters : fresh).Add(value);
        }

        if (filters.Count is 0 or > MostFilters) throw ApiException.InvalidRequest($"filter must be there, at most {MostFilters} times");
        var thing = request.Query("as") is { Length: > 0 } given ? new ActingThing(explain, given) : null;
        var answers = filters.ConvertAll(filter => thing?.WhyNot("iot:Subscribe", filter) is { } why
            ? new SubscriptionAnswerDocument(filter, false, why)
            : new SubscriptionAnswerDocument(filter, true, null));
        return places.Open(stream => RunAsync(answers, fresh, thing, stream));
    }

    private async Task RunAsync(List<SubscriptionAnswerDocument> answers, List<string> fresh, ActingThing? thing, EventStream stream)
    {
        // What was refused keeps its position and matches nothing.
        var viewer = new MessageViewer([.. answers.Select(static answer => answer.Granted ? Encoding.UTF8.GetBytes(answer.Filter) : [])], context.Time);
        tap.Add(viewer);
        try
        {
            await stream.SendAsync("opened", ConsoleJson.Write(new OpenedDocument(answers), ConsoleJson.Default.OpenedDocument)).ConfigureAwait(false);
            for (var i = 0; i < answers.Count; i++)
                if (answers[i].Granted && fresh.Contains(answers[i].Filter)) OfferRetained(context, viewer, i);
            await SendAsync(viewer, thing, stream).ConfigureAwait(false);
        }
        finally
        {
            tap.Remove(viewer);
        }
    }

    private async Task SendAsync(MessageViewer viewer, ActingThing? thing, EventStream stream)
    {
        using var timer = new PeriodicTimer(Period, context.Time);
        var quiet = 0;
        do
        {
            var batch = new List<MessageDocument>();
            var denied = 0L;
            while (batch.Count < BatchLength && viewer.Messages.Reader.TryRead(out var message))
            {
                if (thing is null || thing.MayReceive(message.Topic)) batch.Add(message);
                else denied++;
            }

            var skipped = viewer.TakeSkipped();
            if (batch.Count > 0 || skipped > 0 || denied > 0)
            {
                quiet = 0;
                await stream.SendAsync(
                    "messages", ConsoleJson.Write(new MessageBatchDocument(batch, skipped, denied), ConsoleJson.Default.MessageBatchDocument)).ConfigureAwait(false);
            }
            else if (++quiet % 50 == 0)
            {
                await stream.BeatAsync().ConfigureAwait(false);
            }
        }
        while (await timer.WaitForNextTickAsync(stream.Gone).ConfigureAwait(false));
    }

    /// <summary>Shows a viewer what is retained for one of its filters.</summary>
    public static void OfferRetained(FeatureContext context, MessageViewer viewer, int filter)
    {
        string? after = null;
        var offered = 0;
        for (var seen = 0; seen < MostSearched && offered < MostRetained;)
        {
            var page = context.Broker.ListRetained(after, 500);
            if (page.Count == 0) return;
            foreach (var message in page)
            {
                viewer.OfferRetained(message, filter);
                offered = viewer.Messages.Reader.Count;
                if (offered >= MostRetained) return;
            }

            seen += page.Count;
            after = page[^1].TopicString;
        }
    }

    private async ValueTask<ApiResponse> PublishAsync(ApiRequest request)
    {
        var input = request.Body(ConsoleJson.Default.PublishInput);
        var topic = input.Topic ?? "";
        var payload = input.Payload ?? [];
        if (input.Qos is < 0 or > 2) throw ApiException.InvalidRequest("qos must be 0, 1 or 2");
        if (payload.Length > LargestPayload) throw ApiException.InvalidRequest($"the payload has {payload.Length} bytes, at most {LargestPayload} are taken here");
        if (context.Broker.FindTopicFault(topic, input.Retain) is { } fault) throw ApiException.InvalidRequest($"the topic cannot be published to: {fault}");
        if (input.As is { Length: > 0 } name)
        {
            var thing = new ActingThing(explain, name);
            if ((thing.WhyNot("iot:Publish", topic) ?? (input.Retain ? thing.WhyNot("iot:RetainPublish", topic) : null)) is { } why) throw ApiException.Forbidden(why);
        }

        var result = context.Broker.Publish(new PublishRequest
        {
            Topic = topic,
            Payload = payload,
            QoS = (QualityOfService)input.Qos,
            Retain = input.Retain,
            Properties = PropertiesOf(input.Properties),
            Origin = PublishOrigin.Client,
            Principal = request.Caller.ToPrincipal(),
            RemoteEndPoint = request.Caller.Address is { } address ? new System.Net.IPEndPoint(address, request.Caller.Port ?? 0) : null,
        });
        if (!result.Accepted) throw ApiException.InvalidRequest(result.Reason);
        if (input.Qos > 0 || input.Retain) await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(new PublishedDocument(result.Subscribers, context.Now), ConsoleJson.Default.PublishedDocument);
    }

    private static PublishProperties PropertiesOf(PropertiesDocument? given)
    {
        if (given is null) return PublishProperties.None;
        if (given.ResponseTopic is { } response && !TopicName.IsValid(response)) throw ApiException.InvalidRequest("responseTopic must be a topic without wildcards");
        return new PublishProperties
        {
            PayloadIsUtf8 = given.PayloadIsUtf8,
            MessageExpiryInterval = given.MessageExpiry,
            ContentType = Text(given.ContentType, "contentType"),
            ResponseTopic = given.ResponseTopic,
            CorrelationData = given.CorrelationData,
            UserProperties =
            [
                .. (given.User ?? []).Select(static pair => pair is { Length: 2 }
                    ? new UserProperty(Text(pair[0], "user")!, Text(pair[1], "user")!)
                    : throw ApiException.InvalidRequest("user must be pairs of name and value")),
            ],
        };
    }

    // [MQTT-1.5.4-2]
    private static string? Text(string? text, string member) => text is null || !text.Contains('\0', StringComparison.Ordinal)
        ? text
        : throw ApiException.InvalidRequest($"{member} must not hold the character NUL");
}
