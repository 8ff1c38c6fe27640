using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Cloud;

/// <summary>Somebody who takes what comes for a device. Called on any thread; must not block.</summary>
internal interface IConsumer
{
    /// <summary>Who comes first: 0 for streams and polls, 1 for a device's webhook, 2 for the gateway's callback.</summary>
    int Rank { get; }

    /// <summary>Whether it serves only what nobody else takes, and outlives links that were taken: webhooks and callbacks.</summary>
    bool IsStanding => Rank > 0;

    /// <summary>It is to end.</summary>
    void End(ConsumerEnd why);
}

/// <summary>Takes cloud-to-device messages.</summary>
internal interface ICloudConsumer : IConsumer
{
    /// <summary>Messages that it can take now; the hub gets as much credit (spec section 9.4 item 7).</summary>
    int Room { get; }

    /// <summary>Takes a message; the room becomes one less.</summary>
    /// <returns>False when it has no room any more.</returns>
    bool TryTake(LockedMessage message);

    /// <summary>A message that it took is settled or went back.</summary>
    void OnReleased(LockedMessage message);
}

/// <summary>Takes direct methods.</summary>
internal interface IMethodConsumer : IConsumer
{
    /// <summary>Takes a call.</summary>
    /// <returns>False when it cannot.</returns>
    bool TryTake(PendingCall call);
}

/// <summary>Takes changes of desired properties.</summary>
internal interface IDesiredConsumer : IConsumer
{
    /// <summary>Takes a change.</summary>
    /// <param name="json">The patch, or all desired properties.</param>
    /// <param name="whole">Whether they are all: after a connection was lost, changes may have been missed.</param>
    void OnDesired(ReadOnlyMemory<byte> json, bool whole);
}

/// <summary>A cloud-to-device message that a consumer holds.</summary>
/// <param name="Lock">Names it towards the device: instance, hyphen, the hub's lock token.</param>
/// <param name="Message">The message.</param>
/// <param name="Link">Link that it came on.</param>
/// <param name="Taken">Timestamp of its arrival.</param>
internal sealed record LockedMessage(string Lock, CloudMessage Message, ICloudMessageLink Link, long Taken)
{
    /// <summary>Who holds it; null for nobody yet.</summary>
    public ICloudConsumer? Holder { get; set; }
}

/// <summary>A direct method that waits for the device's answer.</summary>
/// <param name="Id">Names it towards the device: instance, hyphen, number.</param>
/// <param name="Call">The call.</param>
/// <param name="Link">Link that it came on.</param>
/// <param name="Taken">Timestamp of its arrival.</param>
internal sealed record PendingCall(string Id, MethodCall Call, IMethodLink Link, long Taken)
{
    private volatile bool _isOut;

    /// <summary>Who has taken it; null for nobody. Belongs to the inbox's lock.</summary>
    public IMethodConsumer? Holder { get; set; }

    /// <summary>Whether it is on its way to the device: it may have been carried out then, and must not go to anybody else.</summary>
    public bool IsOut
    {
        get => _isOut;
        set => _isOut = value;
    }
}
