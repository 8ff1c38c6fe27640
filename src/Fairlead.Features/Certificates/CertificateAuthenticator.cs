using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.Certificates;

/// <summary>
/// Judges at CONNECT the certificate that the handshake took from anybody (spec/aws-registry-and-policies, sections 7 and 18): who shows
/// one is that certificate's holder or nobody, whatever user name comes along.
/// </summary>
internal sealed class CertificateAuthenticator(
    HubRecords records, CertificateOptions options, CertificateJudge judge, JustInTimeRegistration registration) : IConnectAuthenticator
{
    /// <inheritdoc/>
    public ValueTask<AuthenticationResult?> TryAuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken)
    {
        if (transport.CertificateId is not { } id) return default;
        if (judge.RefusalOf(id) is not { } refusal)
        {
            transport.CertificateChain.Release();
            return new(AuthenticationResult.Accept(CertificatePrincipal.Of(id)));
        }

        var known = records.Certificates.Find(id);
        if (known is null ? registration.IsOffered : known.Status == CertificateStatus.PendingActivation)
            return RegisterAsync(id, refusal, transport, cancellationToken);
        return new(Judge(id, refusal, known is not null, transport));
    }

    private async ValueTask<AuthenticationResult?> RegisterAsync(string id, string refusal, TransportInfo transport, CancellationToken cancellationToken)
    {
        // What follows verifies signatures and waits for the store: nothing for the thread that polls the sockets.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var outcome = await registration.TryAsync(id, transport.CertificateChain, cancellationToken).ConfigureAwait(false);
        return Judge(id, outcome ?? refusal, records.Certificates.Find(id) is not null, transport);
    }

    private AuthenticationResult? Judge(string id, string refusal, bool isKnown, TransportInfo transport)
    {
        transport.CertificateChain.Release();
        // What the hub's registry knows is for the registry to judge. Certificates of the hub's own authority are never trusted by it
        // alone: one that was deleted must not work.
        return !isKnown && options.AllowsUnregistered && transport.IsCertificateTrusted
            ? AuthenticationResult.Accept(CertificatePrincipal.OfUnregistered(id))
            : AuthenticationResult.Refuse(ReasonCode.NotAuthorized, $"{refusal} ({transport.CertificateSubject})") with { IsSilent = true, Failure = judge.FailureOf(id) };
    }
}
