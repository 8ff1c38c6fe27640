namespace Fairlead.Features.Shadows;

/// <summary>Limits of shadows (spec/aws-shadow, section 11). Filled once while the hub starts.</summary>
public sealed class ShadowLimits
{
    /// <summary>Largest payload that is looked at, in bytes.</summary>
    internal const int LargestPayload = 128 * 1024;

    /// <summary>Longest client token in UTF-8 bytes.</summary>
    internal const int LongestToken = 64;

    /// <summary>Updates of the whole hub that may wait for their commit and their messages.</summary>
    internal const int MostPending = 100_000;

    /// <summary>Requests of one twin that wait for their commit; devices of the Azure dialect need not wait for one answer before the next request.</summary>
    internal const int MostInFlightOfTwin = 100;

    /// <summary>Length of desired and reported together as compact JSON, in bytes; AWS raises it to 30,720 on request.</summary>
    public int MaximumDocumentSize { get; set; } = 8192;

    /// <summary>Levels of desired or reported.</summary>
    public int MaximumDepth { get; set; } = 8;

    /// <summary>Requests of one thing that wait for their answer; one more is refused with 429.</summary>
    public int MaximumInFlight { get; set; } = 10;

    /// <summary>Requests per second for one thing; 0 for no limit.</summary>
    public int MaximumRate { get; set; }

    /// <summary>Whether updates for things that are not in the registry are refused.</summary>
    public bool RequireRegisteredThing { get; set; }
}
