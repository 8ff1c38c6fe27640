using Fairlead.Broker.Extensions;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.EdgeConnectors;

/// <summary>
/// The topic on which connectors report, <c>$fairlead/edge/report</c>. Whose report it is the connection says, so that nobody can report for
/// another; it goes to nobody else.
/// </summary>
internal sealed class EdgeTopic(FeatureContext context, EdgeRegister register) : ITopicOwner
{
    private const int LongestReport = 4 * 1024;

    /// <summary>The topic.</summary>
    public static ReadOnlySpan<byte> Report => "$fairlead/edge/report"u8;

    /// <inheritdoc/>
    public string Prefix => "$fairlead/edge/";

    /// <inheritdoc/>
    public OwnedPublish OnPublish(in Publication publication)
    {
        if (!publication.Topic.SequenceEqual(Report) || publication.Origin != PublishOrigin.Client || publication.ClientId is not { } clientId) return OwnedPublish.Refused;
        if (publication.Payload.Length > LongestReport || EdgeReport.TryRead(publication.Payload, context.Now) is not { } report) return OwnedPublish.Refused;
        register.OnReport(clientId, report);
        return OwnedPublish.Consumed;
    }

    /// <inheritdoc/>
    public ReasonCode OnSubscribe(string clientId, string topicFilter) => ReasonCode.TopicFilterInvalid;
}

/// <summary>Lets everybody report about the own connection, whatever the policies say; about all else the next one decides.</summary>
internal sealed class EdgeAuthorizer(IAuthorizer next) : IAuthorizer
{
    private static readonly Decision Allowed = new(Allowed: true, "edge-report");

    /// <inheritdoc/>
    public bool Governs(AccessSubject subject) => next.Governs(subject);

    /// <inheritdoc/>
    public Decision Authorize(in AccessRequest request) =>
        request.Action == AccessAction.Publish && request.Resource.SequenceEqual(EdgeTopic.Report) ? Allowed : next.Authorize(request);
}
