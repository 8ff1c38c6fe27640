using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Cloud;

/// <summary>Why a consumer is told to end.</summary>
internal enum ConsumerEnd
{
    /// <summary>Another instance or another connection serves the device now.</summary>
    Moved,

    /// <summary>The token has expired.</summary>
    Expired,

    /// <summary>The hub does not accept the device, or what it asks for.</summary>
    Refused,

    /// <summary>The gateway stops.</summary>
    Stopping,
}

/// <summary>What the loss of a link means for those who were served by it.</summary>
internal static class ConsumerEnds
{
    /// <summary>Why streams and polls are to end; null when the link comes back by itself.</summary>
    public static ConsumerEnd? After(HubFault fault) => fault.Kind switch
    {
        HubFaultKind.Stolen => ConsumerEnd.Moved,
        HubFaultKind.Unauthorised or HubFaultKind.Forbidden or HubFaultKind.NotFound => ConsumerEnd.Refused,
        _ => null,
    };

    /// <summary>Ends those whom a lost link served.</summary>
    /// <param name="consumers">Those.</param>
    /// <param name="why">Why.</param>
    /// <param name="remove">Takes one out, at once: until its request is over it must not make this instance take the link back.</param>
    public static void End<T>(IEnumerable<T> consumers, ConsumerEnd why, Action<T> remove)
        where T : IConsumer
    {
        foreach (var consumer in consumers)
        {
            consumer.End(why);
            remove(consumer);
        }
    }
}
