using System.Diagnostics.CodeAnalysis;

namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>A device that receives: made by <see cref="ICloudToDevice.Attach"/>. Disposing it gives its locks back.</summary>
internal sealed class CloudToDeviceReceiver : IDisposable
{
    private readonly CloudToDeviceService _service;
    private int _ended;

    internal CloudToDeviceReceiver(CloudToDeviceService service, IdentityName identity, ICloudToDeviceConsumer consumer, bool holdsLocks)
    {
        (_service, Identity, Consumer, HoldsLocks) = (service, identity, consumer, holdsLocks);
    }

    /// <summary>Whose messages.</summary>
    public IdentityName Identity { get; }

    /// <summary>Whether locks last as long as the receiver: MQTT sends nothing twice over one connection [MQTT-4.4.0-1].</summary>
    public bool HoldsLocks { get; }

    internal ICloudToDeviceConsumer Consumer { get; }

    internal bool IsEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Locks the first message that is visible.</summary>
    public bool TryLock([NotNullWhen(true)] out LockedMessage? message)
    {
        message = null;
        return !IsEnded && _service.TryLock(Identity, this, out message);
    }

    /// <summary>Ends or gives back a message that this receiver has locked; does not wait for the store.</summary>
    public IotHubError? Settle(Guid lockToken, Settlement settlement) => _service.Settle(Identity, lockToken, settlement);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0) _service.Detach(this);
    }

    internal void Replaced()
    {
        Dispose();
        Consumer.OnReplaced();
    }
}
