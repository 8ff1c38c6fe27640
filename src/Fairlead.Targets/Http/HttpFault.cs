namespace Fairlead.Targets.Http;

/// <summary>Why a request has no answer.</summary>
internal enum HttpFault
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>The server was not reached: nothing was sent.</summary>
    NotReached,

    /// <summary>The name of the server is unknown.</summary>
    UnknownHost,

    /// <summary>The time was up.</summary>
    TimedOut,

    /// <summary>The connection ended before the answer was whole.</summary>
    Broken,
}
