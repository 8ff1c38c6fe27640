using System.Net;
using Fairlead.Broker.Security;
using Fairlead.Features.Console.Live;
using Fairlead.Features.Logging;

namespace Fairlead.Features.Logs;

/// <summary>
/// Writes <c>Connection.AuthNError</c>: who did not prove an identity, over whatever door (spec/aws-messaging, section 5.2). It is written
/// only where somebody asked for it.
/// </summary>
internal sealed class AuthenticationLog(EventLog log, RefusedLog refused)
{
    private const string EventType = "Connection.AuthNError";

    /// <summary>Somebody was not let in.</summary>
    /// <param name="failure">How it was tried, and the word for what is wrong.</param>
    /// <param name="details">One sentence.</param>
    /// <param name="attempt">Who and where.</param>
    public void Refused(AuthenticationFailure failure, string details, AuthenticationAttempt attempt)
    {
        refused.Add(new Refusal(
            "auth", attempt.ClientId is { Length: > 0 } client ? client : null, attempt.PrincipalId, attempt.PrincipalId, AddressOf(attempt.Source), null, null,
            $"{attempt.Protocol}: {details}"));
        if (!log.IsOn(EventLogLevel.Error) || !log.IsAskedFor(EventType)) return;
        log.Failed(
            new LogEntry(EventType)
            {
                Protocol = attempt.Protocol,
                AuthenticationType = failure.Way,
                ClientId = attempt.ClientId is { Length: > 0 } clientId ? clientId : null,
                PrincipalId = attempt.PrincipalId,
                SourceIp = AddressOf(attempt.Source),
                SourcePort = attempt.Source?.Port,
                TargetIp = AddressOf(attempt.Target),
                TargetPort = attempt.Target?.Port,
                ServerNameIndication = attempt.ServerName,
            },
            failure.Word,
            details);
    }

    private static string? AddressOf(IPEndPoint? endPoint) => endPoint?.Address is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;
}
