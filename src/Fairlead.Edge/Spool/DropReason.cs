namespace Fairlead.Edge.Spool;

/// <summary>Why a message was dropped.</summary>
internal enum DropReason
{
    /// <summary>A limit was reached.</summary>
    Overflow = 0,

    /// <summary>Its time was over.</summary>
    Expired = 1,

    /// <summary>QoS 0, which the settings do not keep.</summary>
    QosZero = 2,

    /// <summary>QoS 0 while the spool could take nothing.</summary>
    Blocked = 3,

    /// <summary>Its record, or the file around it, was damaged.</summary>
    Damaged = 4,

    /// <summary>The only link that wanted it is not configured any more.</summary>
    LinkRemoved = 5,
}
