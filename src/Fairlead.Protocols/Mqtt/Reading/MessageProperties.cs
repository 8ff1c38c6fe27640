using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Collects the properties of an Application Message, from PUBLISH and from the Will alike.</summary>
internal struct MessageProperties
{
    private PublishProperties? _properties;
    private List<UserProperty>? _users;
    private List<uint>? _identifiers;

    /// <summary>Takes the property that the reader stands on; those that are not the message's own are left alone.</summary>
    public void Take(in PropertyReader reader)
    {
        PublishProperties current = _properties ?? PublishProperties.None;
        switch (reader.Id)
        {
            case PropertyId.PayloadFormatIndicator:
                _properties = current with { PayloadIsUtf8 = reader.Flag };
                break;
            case PropertyId.MessageExpiryInterval:
                _properties = current with { MessageExpiryInterval = reader.Number };
                break;
            case PropertyId.ContentType:
                _properties = current with { ContentType = reader.Text };
                break;
            case PropertyId.ResponseTopic:
                _properties = current with { ResponseTopic = reader.Text };
                break;
            case PropertyId.CorrelationData:
                _properties = current with { CorrelationData = reader.Bytes.ToArray() };
                break;
            case PropertyId.UserProperty:
                (_users ??= []).Add(reader.UserProperty);
                break;
            case PropertyId.SubscriptionIdentifier:
                (_identifiers ??= []).Add(reader.Number);
                break;
        }
    }

    public readonly PublishProperties ToProperties()
    {
        PublishProperties properties = _properties ?? PublishProperties.None;
        if (_users is not null)
            properties = properties with { UserProperties = _users };
        if (_identifiers is not null)
            properties = properties with { SubscriptionIdentifiers = _identifiers };
        return properties;
    }
}
