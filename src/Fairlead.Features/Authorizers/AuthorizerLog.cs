using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Authorizers;

/// <summary>What this slice logs. Numbers 5250 to 5274.</summary>
internal static partial class AuthorizerLog
{
    [LoggerMessage(5250, LogLevel.Information, "the authorizer {Authorizer} refused {ClientId}: {Reason}", EventName = "authorizer_refused")]
    public static partial void AuthorizerRefused(this ILogger log, string authorizer, string clientId, string reason);

    [LoggerMessage(5251, LogLevel.Warning, "the authorizer {Authorizer} could not decide about {ClientId}: {Reason}", EventName = "authorizer_failed")]
    public static partial void AuthorizerFailed(this ILogger log, string authorizer, string clientId, string reason);

    [LoggerMessage(5252, LogLevel.Debug, "the authorizer {Authorizer} was asked again about {ClientId}: its policies are replaced", EventName = "authorizer_refreshed")]
    public static partial void AuthorizerRefreshed(this ILogger log, string authorizer, string clientId);

    [LoggerMessage(5253, LogLevel.Error, "the life of connections could not be looked after; the next look follows")]
    public static partial void LifetimesFailed(this ILogger log, Exception exception);
}
