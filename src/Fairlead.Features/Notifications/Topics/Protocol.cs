namespace Fairlead.Features.Notifications.Topics;

/// <summary>How an endpoint is reached.</summary>
internal enum Protocol
{
    /// <summary>A mail with the message.</summary>
    Email,

    /// <summary>A mail with the document around the message.</summary>
    EmailJson,

    /// <summary>POST in the clear.</summary>
    Http,

    /// <summary>POST over TLS.</summary>
    Https,

    /// <summary>Call of a function.</summary>
    Lambda,
}
