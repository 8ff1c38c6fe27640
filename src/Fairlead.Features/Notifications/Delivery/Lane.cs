namespace Fairlead.Features.Notifications.Delivery;

/// <summary>The deliveries to one subscription: few are tried at a time, so that a slow endpoint does not hold up the others.</summary>
internal sealed class Lane : IDisposable
{
    private const int AtOnce = 4;

    /// <summary>Lets in who may try.</summary>
    public SemaphoreSlim Door { get; } = new(AtOnce, AtOnce);

    /// <summary>Deliveries, oldest first. Under the gate.</summary>
    public LinkedList<Delivery> Waiting { get; } = new();

    /// <summary>Deliveries that still hold on to it. Under the gate.</summary>
    public int Users { get; set; }

    /// <inheritdoc/>
    public void Dispose() => Door.Dispose();
}
