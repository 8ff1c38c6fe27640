namespace Fairlead.Features.Rules.Actions;

/// <summary>Kinds of faults of HTTP requests that are counted apart (spec/aws-rules, section 11: HttpCode_4XX and its neighbours).</summary>
internal enum HttpFaultKind : byte
{
    /// <summary>None, or one that is not counted apart.</summary>
    None,

    /// <summary>HttpCode_4XX: a status from 400 to 499.</summary>
    Code4xx,

    /// <summary>HttpCode_5XX: a status from 500 to 599.</summary>
    Code5xx,

    /// <summary>HttpCode_Other: a status that is none of 2xx, 4xx and 5xx.</summary>
    CodeOther,

    /// <summary>HttpInvalidUrl: what the templates made of the URL cannot be asked.</summary>
    InvalidUrl,

    /// <summary>HttpRequestTimeout: no answer in time.</summary>
    RequestTimeout,

    /// <summary>HttpUnknownHost: the server does not exist or cannot be reached.</summary>
    UnknownHost,
}
