namespace Fairlead.Edge.Spool;

/// <summary>How a message ended for a link.</summary>
internal enum SettlementEnd
{
    /// <summary>The remote side has it.</summary>
    Acknowledged = 0,

    /// <summary>It goes to the dead-letter store.</summary>
    Refused = 1,

    /// <summary>Its time was over before it could be sent.</summary>
    Expired = 2,
}
