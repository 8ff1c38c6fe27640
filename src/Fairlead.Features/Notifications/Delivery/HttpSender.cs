using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications.Delivery;

/// <summary>Delivers by HTTP POST (spec/aws-rules, section 10.3).</summary>
internal sealed class HttpSender(NotificationArns arns, NotificationDocuments documents) : IDeliverySender, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        // Whoever moved subscribes anew.
        AllowAutoRedirect = false,
        MaxConnectionsPerServer = 16,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // The answer's body is of no interest.
        MaxResponseDrainSize = 16 * 1024,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public RetryPolicy PolicyOf(Subscription subscription, Topic topic) => RetryPolicy.Of(subscription.DeliveryPolicy, topic.DeliveryPolicy);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> SendAsync(PendingMessage message, Subscription subscription, Topic topic, CancellationToken cancellationToken)
    {
        var isRaw = subscription.IsRaw && message.Kind == MessageKind.Notification;
        var body = isRaw
            ? Encoding.UTF8.GetBytes(message.BodyFor(subscription.Protocol))
            : await documents.WriteAsync(message, subscription, topic).ConfigureAwait(false);
        using var request = new HttpRequestMessage(HttpMethod.Post, subscription.Endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "UTF-8" };
        var headers = request.Headers;
        headers.UserAgent.Add(new ProductInfoHeaderValue("Fairlead", null));
        headers.Add("x-amz-sns-message-type", NotificationDocuments.TypeOf(message));
        headers.Add("x-amz-sns-message-id", message.Id);
        headers.Add("x-amz-sns-topic-arn", arns.OfTopic(topic.Name));
        if (message.Kind == MessageKind.Notification) headers.Add("x-amz-sns-subscription-arn", arns.Of(subscription));
        if (isRaw) headers.Add("x-amz-sns-rawdelivery", "true");
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return Judge(response.StatusCode);
        }
        catch (HttpRequestException exception)
        {
            return DeliveryOutcome.Transient($"{request.RequestUri!.Host} cannot be reached: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // As AWS has it: what the receiver calls the sender's fault stays one, but for "too many".
    private static DeliveryOutcome Judge(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => DeliveryOutcome.Delivered,
        408 or 429 or >= 500 => DeliveryOutcome.Transient($"the receiver answered with status {(int)status}"),
        _ => DeliveryOutcome.Refused($"the receiver answered with status {(int)status}"),
    };
}
