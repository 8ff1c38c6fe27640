namespace Fairlead.Edge.Twin;

/// <summary>What an update carries.</summary>
internal enum TwinPatch
{
    /// <summary>The whole new value, and null for what goes.</summary>
    Full,

    /// <summary>Only what differs from the known state.</summary>
    Minimal,
}
