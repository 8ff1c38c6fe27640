using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Features.DirectMessages;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>
/// A direct message to a device of the Azure dialect is a cloud-to-device message that nobody keeps: settling it confirms. Its topic, for which
/// the dialect has no place, is the user property <c>topic</c>.
/// </summary>
internal sealed class CloudToDeviceRoute(FeatureContext context, CloudToDeviceService messages) : IDirectMessageRoute
{
    /// <inheritdoc/>
    public DirectResult? TrySend(string clientId, in Publication publication, PublishProperties properties, TimeSpan life, Action<DirectResult>? onEnded)
    {
        var identity = IdentityName.OfKey(clientId);
        if (!messages.IsReceiving(identity)) return null;
        if (publication.Payload.Length > CloudToDeviceLimits.LargestMessage) return DirectResult.TooLarge;
        var message = new IotMessage
        {
            Body = publication.Payload.ToArray(),
            CreatedAt = context.Time.GetUtcNow().UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            ContentType = properties.ContentType,
            CorrelationId = properties.CorrelationData is { } data ? Convert.ToBase64String(data) : null,
            Properties =
            [
                new("topic", Encoding.UTF8.GetString(publication.Topic)),
                .. properties.UserProperties.Select(static one => new KeyValuePair<string, string?>(one.Name, one.Value)),
            ],
        };
        return messages.Offer(identity, message, life, onEnded);
    }
}
