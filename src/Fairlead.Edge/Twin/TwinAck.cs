namespace Fairlead.Edge.Twin;

/// <summary>When a twin command is answered.</summary>
internal enum TwinAck
{
    /// <summary>When the local twin has it.</summary>
    Local,

    /// <summary>When the hub has accepted it.</summary>
    Cloud,
}
