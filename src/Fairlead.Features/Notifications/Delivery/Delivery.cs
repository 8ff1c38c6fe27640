namespace Fairlead.Features.Notifications.Delivery;

/// <summary>A delivery under way, in memory.</summary>
internal sealed class Delivery(PendingMessage message, string subscription) : IDisposable
{
    private readonly CancellationTokenSource _cancelled = new();

    /// <summary>Message.</summary>
    public PendingMessage Message { get; } = message;

    /// <summary>Key of the subscription.</summary>
    public string Subscription { get; } = subscription;

    /// <summary>Key of its record.</summary>
    public string Key { get; } = KeyOf(message.Id, subscription);

    /// <summary>Place among all deliveries, oldest first. Under the gate.</summary>
    public LinkedListNode<Delivery>? Place { get; set; }

    /// <summary>Place among those of the subscription, oldest first. Under the gate.</summary>
    public LinkedListNode<Delivery>? PlaceInLane { get; set; }

    /// <summary>Fires when it has no purpose any more.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Key of the record of a delivery.</summary>
    public static string KeyOf(string messageId, string subscription) => $"{messageId}|{subscription}";

    /// <summary>It has no purpose any more. What waits goes on elsewhere: the caller holds the gate.</summary>
    public void Cancel() => _ = _cancelled.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => _cancelled.Dispose();
}
