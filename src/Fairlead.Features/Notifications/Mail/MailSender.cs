using System.Text;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Pages;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications.Mail;

/// <summary>Delivers by mail: the bare message with a link to end the subscription, or the document (spec/aws-rules, section 10.3).</summary>
internal sealed class MailSender(IMailTransport transport, NotificationDocuments documents, HubLinks links, NotificationOptions options) : IDeliverySender
{
    private const int LongestDelay = 3600;

    /// <inheritdoc/>
    public RetryPolicy PolicyOf(Subscription subscription, Topic topic)
    {
        // Growing fourfold: a server that restarts, one that makes strangers wait (greylisting), one that is down.
        var retries = options.MailTries - 1;
        var least = Math.Max(1, options.MailRetryDelay.TotalSeconds);
        var most = Math.Min(LongestDelay, least * Math.Pow(4, Math.Max(0, retries - 1)));
        return new RetryPolicy((int)least, (int)Math.Max(least, most), retries, 0, 0, 0) { Backoff = "geometric" };
    }

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> SendAsync(PendingMessage message, Subscription subscription, Topic topic, CancellationToken cancellationToken)
    {
        var isConfirmation = message.Kind == MessageKind.SubscriptionConfirmation;
        var text = isConfirmation ? Confirmation(subscription, topic)
            : subscription.Protocol == Protocol.Email ? WithLink(message.BodyFor(subscription.Protocol), subscription)
            : Encoding.UTF8.GetString(await documents.WriteAsync(message, subscription, topic).ConfigureAwait(false)) + "\n";
        var subject = isConfirmation ? $"Confirm subscription to {topic.Title}" : message.Subject ?? $"Notification from {topic.Title}";
        var mail = new MailMessage(topic.Title, subscription.Endpoint, subject, text)
        {
            Id = $"{message.Id}.{subscription.Id}",
            Date = DateTimeOffset.FromUnixTimeMilliseconds(message.At),
            UnsubscribeUrl = isConfirmation ? null : links.UnsubscribePage(subscription),
        };
        return await transport.SendAsync(mail, cancellationToken).ConfigureAwait(false);
    }

    private string WithLink(string body, Subscription subscription) =>
        $"""
        {body}

        --
        To get no more of these notifications: {links.UnsubscribePage(subscription)}

        """;

    private string Confirmation(Subscription subscription, Topic topic) =>
        $"""
        Somebody asked this hub to send the notifications of the topic

          {topic.Title}

        to {subscription.Endpoint}. To get them, open this page and press its button:

        {links.ConfirmPage(subscription)}

        If you did not expect this, do nothing: without your consent nothing is sent, and this request ends by itself.

        """;
}
