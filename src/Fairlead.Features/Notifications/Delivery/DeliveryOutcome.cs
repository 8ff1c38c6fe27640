using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications.Delivery;

/// <summary>How a try of a delivery ended.</summary>
internal enum DeliveryResult
{
    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>It may be tried again.</summary>
    Transient,

    /// <summary>The receiver does not want it: trying again is no use.</summary>
    Refused,
}

/// <summary>How a try of a delivery ended.</summary>
/// <param name="Result">Whether it did.</param>
/// <param name="Why">Why not; empty when it did.</param>
internal readonly record struct DeliveryOutcome(DeliveryResult Result, string Why)
{
    /// <summary>The receiver has it.</summary>
    public static DeliveryOutcome Delivered { get; } = new(DeliveryResult.Delivered, "");

    /// <summary>It may be tried again.</summary>
    public static DeliveryOutcome Transient(string why) => new(DeliveryResult.Transient, why);

    /// <summary>Trying again is no use.</summary>
    public static DeliveryOutcome Refused(string why) => new(DeliveryResult.Refused, why);
}

/// <summary>Delivers by one kind of protocol. Tries once.</summary>
internal interface IDeliverySender
{
    /// <summary>Tries after the first, and how long to wait before each.</summary>
    RetryPolicy PolicyOf(Subscription subscription, Topic topic);

    /// <summary>Tries. Faults of the receiver and of the network are outcomes.</summary>
    Task<DeliveryOutcome> SendAsync(PendingMessage message, Subscription subscription, Topic topic, CancellationToken cancellationToken);
}
