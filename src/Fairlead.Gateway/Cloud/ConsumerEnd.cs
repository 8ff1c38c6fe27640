namespace Fairlead.Gateway.Cloud;

/// <summary>Why a consumer is told to end.</summary>
internal enum ConsumerEnd
{
    /// <summary>Another instance or another connection serves the device now.</summary>
    Moved,

    /// <summary>The token has expired.</summary>
    Expired,

    /// <summary>The gateway stops.</summary>
    Stopping,
}
