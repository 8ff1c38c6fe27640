using Fairlead.Features.Functions;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications.Delivery;

/// <summary>Delivers by calling a function with the event that Lambda gets from SNS.</summary>
internal sealed class FunctionSender(FunctionCaller functions, NotificationDocuments documents) : IDeliverySender
{
    /// <inheritdoc/>
    public RetryPolicy PolicyOf(Subscription subscription, Topic topic) => RetryPolicy.Usual;

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> SendAsync(PendingMessage message, Subscription subscription, Topic topic, CancellationToken cancellationToken)
    {
        var payload = await documents.WriteEventAsync(message, subscription, topic).ConfigureAwait(false);
        var answer = await functions.CallAsync(subscription.Endpoint, payload, cancellationToken).ConfigureAwait(false);
        return answer.Failure is { } why ? DeliveryOutcome.Transient(why) : DeliveryOutcome.Delivered;
    }
}
