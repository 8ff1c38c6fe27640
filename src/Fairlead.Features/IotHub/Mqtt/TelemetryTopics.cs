using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.IotHub.Mqtt;

/// <summary>
/// Looks after <c>devices/</c>: what devices of the dialect publish there is telemetry; for everybody else it is a prefix like any other.
/// </summary>
internal sealed class TelemetryTopics(MqttDialect dialect) : ITopicOwner
{
    /// <inheritdoc/>
    public string Prefix => TelemetryTopic.Devices;

    /// <inheritdoc/>
    public OwnedPublish OnPublish(in Publication publication)
    {
        if (publication.Origin is PublishOrigin.Process or PublishOrigin.Node || dialect.SenderOf(publication) is not { } principal) return OwnedPublish.Route;
        // Whatever is refused here ends the connection (spec/azure-gateway 3.4).
        if (publication.QoS == QualityOfService.ExactlyOnce || publication.Payload.Length > TelemetryService.LargestMessage) return OwnedPublish.Refused;
        if (DialectTopics.OfPublish(principal, publication.Topic, out var rest) != DialectTopic.Telemetry) return OwnedPublish.Refused;
        if (!PropertyBag.TryRead(Encoding.UTF8.GetString(rest), publication.Payload.ToArray(), out var message)) return OwnedPublish.Refused;
        dialect.OnActivity(principal.Identity);
        var marked = Mark(message, publication);
        var receipt = dialect.Broker.HoldAcknowledgment();
        try
        {
            if (dialect.Telemetry.Take(principal.Source, marked, receipt) is not null) return OwnedPublish.Refused;
            if (ReferenceEquals(marked, message)) return OwnedPublish.Route;
            // It goes on as what it was taken for: not retained, and with the marks in its bag.
            dialect.Broker.Publish(
                new PublishRequest
                {
                    Topic = TelemetryTopic.Of(principal.Identity, marked),
                    Payload = message.Body,
                    QoS = publication.QoS,
                    Principal = principal,
                    ClientId = publication.ClientId,
                    RemoteEndPoint = publication.RemoteEndPoint,
                },
                receipt);
            return OwnedPublish.Consumed;
        }
        finally
        {
            receipt?.Release();
        }
    }

    /// <inheritdoc/>
    public ReasonCode OnSubscribe(string clientId, string topicFilter) => ReasonCode.Success;

    /// <inheritdoc/>
    public QualityOfService MaximumQoS(string clientId) =>
        dialect.IsDevice(clientId) ? QualityOfService.AtLeastOnce : QualityOfService.ExactlyOnce;

    private static IotMessage Mark(IotMessage message, in Publication publication)
    {
        var isWill = publication.Origin == PublishOrigin.Will;
        if (!publication.Retain && !publication.IsRepeated && !isWill) return message;
        var properties = new List<KeyValuePair<string, string?>>(message.Properties);
        if (publication.Retain) properties.Add(new("mqtt-retain", "true"));
        if (publication.IsRepeated) properties.Add(new("mqtt-dup", "true"));
        if (isWill) properties.Add(new("iothub-MessageType", "Will"));
        return message with { Properties = properties };
    }
}
