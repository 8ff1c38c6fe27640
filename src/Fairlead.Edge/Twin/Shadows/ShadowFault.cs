namespace Fairlead.Edge.Twin.Shadows;

/// <summary>Why a request is not sent because the hub would refuse it.</summary>
internal enum ShadowFault
{
    /// <summary>More bytes of state than a shadow may have: 413.</summary>
    TooLarge,

    /// <summary>Nested deeper than a shadow may be: 400.</summary>
    TooDeep,

    /// <summary>A null within an array, which a shadow cannot hold: 400.</summary>
    NullInArray,
}
