using Fairlead.Broker.Extensions;
using Fairlead.Features.Api;
using Fairlead.Features.Logs;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.Publishing;

/// <summary>Publish over HTTP (spec/aws-messaging, section 3.2).</summary>
internal sealed class PublishingFeature(FeatureContext context, DataAuthorizer access, ServedLog log) : IFeature
{
    /// <summary>Largest payload, as in AWS IoT Core.</summary>
    public const int LargestPayload = 128 * 1024;

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
        [ApiOperation.Data("Publish", "POST", "/topics/{topic+}", request => log.RunAsync(request, Entry, PublishAsync), maximumBody: 2 * LargestPayload)];

    private static LogEntry Entry(ApiRequest request) => new("Publish-In")
    {
        TopicName = request.Labels[0].Length > 0 && RawTarget.TryDecode(request.Labels[0], out var topic) ? topic : null,
        ClientId = "N/A",
        Retain = "true".Equals(request.Query("retain"), StringComparison.OrdinalIgnoreCase) ? "True" : null,
    };

    private async ValueTask<ApiResponse> PublishAsync(ApiRequest request)
    {
        var topic = request.Label();
        var qos = (QualityOfService)(request.QueryNumber("qos", 0, 1) ?? 0);
        var retain = request.QueryBoolean("retain") ?? false;
        var properties = MessageProperties.Read(request, withExpiry: true);
        if (context.Broker.FindTopicFault(topic, retain) is { } fault) throw ApiException.InvalidRequest($"the topic cannot be published to: {fault}");
        if (request.RawBody.Length > LargestPayload)
            throw new ApiException(413, "RequestEntityTooLargeException", $"the payload has {request.RawBody.Length} bytes, at most {LargestPayload} are accepted");
        access.Demand(request.Caller, "iot:Publish", "topic", topic);
        if (retain) access.Demand(request.Caller, "iot:RetainPublish", "topic", topic);
        var result = context.Broker.Publish(new PublishRequest
        {
            Topic = topic,
            Payload = request.RawBody,
            QoS = qos,
            Retain = retain,
            Properties = Limit(properties),
            Origin = PublishOrigin.Client,
            Principal = request.Caller.ToPrincipal(),
            RemoteEndPoint = request.Caller.Address is { } address ? new System.Net.IPEndPoint(address, request.Caller.Port ?? 0) : null,
        });
        if (!result.Accepted) throw Refused(result);
        // What 200 confirms must survive a crash; for QoS 0 nobody has promised anything, but a retained message is kept.
        if (qos == QualityOfService.AtLeastOnce || retain) await context.Documents.CommitAsync().ConfigureAwait(false);
        return DataAnswer.Ok(request.RequestId);
    }

    private static ApiException Refused(PublishResult result) => result.ReasonCode switch
    {
        ReasonCode.TopicNameInvalid => ApiException.InvalidRequest(result.Reason),
        ReasonCode.QuotaExceeded => new ApiException(429, "ThrottlingException", result.Reason),
        _ => new ApiException(500, "InternalFailureException", result.Reason),
    };

    // The limits of the profile (spec/aws-messaging 1.13): AWS raises 0 to 1 and cuts what is too long.
    private PublishProperties Limit(PublishProperties properties)
    {
        if (properties.MessageExpiryInterval is not { } seconds) return properties;
        var options = context.Broker.Options;
        if (options.Profile == Broker.BrokerProfile.Aws && seconds == 0) seconds = 1;
        return properties with { MessageExpiryInterval = Math.Min(seconds, options.MaximumMessageExpiry) };
    }
}
