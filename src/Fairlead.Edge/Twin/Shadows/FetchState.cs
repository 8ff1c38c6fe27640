namespace Fairlead.Edge.Twin.Shadows;

/// <summary>How far the get of a shadow is.</summary>
internal enum FetchState
{
    /// <summary>None is wanted.</summary>
    Idle,

    /// <summary>It waits for room.</summary>
    Queued,

    /// <summary>Its answer is waited for.</summary>
    Open,

    /// <summary>It was refused or not answered and will be repeated.</summary>
    Failed,
}
