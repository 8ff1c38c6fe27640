using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Features.Policies;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.Provisioning;

/// <summary>Lets in who holds the temporary certificate of a claim, for provisioning by its one template and nothing else.</summary>
internal sealed class ClaimConnect(FeatureContext context, ProvisioningRecords records) : IConnectAuthenticator
{
    /// <summary>Kind of these identities.</summary>
    public const string Kind = "claim";

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult?> TryAuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken)
    {
        if (transport.CertificateId is not { } id || records.Claims.Find(id) is not { } claim) return new((AuthenticationResult?)null);
        return new(context.Now < claim.ExpiresAt
            ? AuthenticationResult.Accept(new DocumentPrincipal(Kind, id, [PolicyFor(claim.TemplateName)]))
            : AuthenticationResult.Refuse(ReasonCode.NotAuthorized, "the provisioning claim has expired") with { Failure = new("AWS_X509", "NOT_AUTHENTICATED") });
    }

    private string PolicyFor(string template)
    {
        var scope = context.Scope;
        string[] topics = ["$aws/certificates/create/*", "$aws/certificates/create-from-csr/*", $"$aws/provisioning-templates/{template}/provision/*"];
        string List(string type) => string.Join(',', topics.Select(topic => $"\"{scope.Arn(type, topic)}\""));
        return $$"""
            {"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"iot:Connect","Resource":"{{scope.Arn("client", "*")}}"},
            {"Effect":"Allow","Action":["iot:Publish","iot:Receive"],"Resource":[{{List("topic")}}]},
            {"Effect":"Allow","Action":"iot:Subscribe","Resource":[{{List("topicfilter")}}]}]}
            """;
    }
}
