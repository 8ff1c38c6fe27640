using System.Globalization;
using System.Text.Json;
using Fairlead.Features.Rules.Sql;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.Rules.Actions.Republish;

/// <summary>MQTT 5 properties of what is republished; every member may have templates. What resolves to nothing is left out.</summary>
internal sealed class RepublishHeaders
{
    private const int Longest = 1024;

    private RuleTemplate? _format;
    private RuleTemplate? _contentType;
    private RuleTemplate? _responseTopic;
    private RuleTemplate? _correlationData;
    private RuleTemplate? _expiry;
    private List<(RuleTemplate Key, RuleTemplate Value)> _userProperties = [];

    private RepublishHeaders()
    {
    }

    /// <summary>Reads the member <c>headers</c>.</summary>
    public static RepublishHeaders Read(JsonElement given, ActionSetup setup)
    {
        setup.Only(given, "payloadFormatIndicator", "contentType", "responseTopic", "correlationData", "messageExpiry", "userProperties");
        var headers = new RepublishHeaders
        {
            _format = setup.OptionalTemplate(given, "payloadFormatIndicator", Longest),
            _contentType = setup.OptionalTemplate(given, "contentType", Longest),
            _responseTopic = setup.OptionalTemplate(given, "responseTopic", Longest),
            _correlationData = setup.OptionalTemplate(given, "correlationData", Longest),
            _expiry = setup.OptionalTemplate(given, "messageExpiry", Longest),
        };
        if (given.TryGetProperty("userProperties", out _))
        {
            headers._userProperties = [.. setup.List(given, "userProperties", 1, 100).Select(entry =>
            {
                setup.Only(entry, "key", "value");
                return (setup.Template(entry, "key", Longest), setup.Template(entry, "value", Longest));
            })];
        }

        if (headers._format is { IsLiteral: true, Text: not ("UNSPECIFIED_BYTES" or "UTF8_DATA" or "") })
            throw setup.Fault("payloadFormatIndicator must be UNSPECIFIED_BYTES or UTF8_DATA");
        return headers;
    }

    /// <summary>The properties for one message.</summary>
    /// <param name="evaluation">What the rule made of it.</param>
    /// <param name="longestExpiry">Message Expiry Interval that is not exceeded, seconds.</param>
    /// <param name="properties">The properties.</param>
    /// <returns>Why there are none; null when there are.</returns>
    public string? TryResolve(RuleEvaluation evaluation, uint longestExpiry, out PublishProperties properties)
    {
        properties = PublishProperties.None;
        bool? isUtf8 = null;
        switch (Text(_format, evaluation))
        {
            case null:
                break;
            case "UTF8_DATA":
                isUtf8 = true;
                break;
            case "UNSPECIFIED_BYTES":
                isUtf8 = false;
                break;
            default:
                return "payloadFormatIndicator is neither UNSPECIFIED_BYTES nor UTF8_DATA";
        }

        var responseTopic = Text(_responseTopic, evaluation);
        if (responseTopic is not null && !TopicName.IsValid(responseTopic)) return "responseTopic is not a Topic Name";
        byte[]? correlationData = null;
        if (Text(_correlationData, evaluation) is { } encoded)
        {
            var buffer = new byte[encoded.Length];
            if (!Convert.TryFromBase64String(encoded, buffer, out int length)) return "correlationData is not base64";
            correlationData = buffer[..length];
        }

        uint? expiry = null;
        if (Text(_expiry, evaluation) is { } seconds)
        {
            if (!uint.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return "messageExpiry is not a number of seconds";
            expiry = Math.Min(number, longestExpiry);
        }

        properties = new PublishProperties
        {
            PayloadIsUtf8 = isUtf8,
            MessageExpiryInterval = expiry,
            ContentType = Text(_contentType, evaluation),
            ResponseTopic = responseTopic,
            CorrelationData = correlationData,
            UserProperties = UserProperties(evaluation),
        };
        return null;
    }

    private static string? Text(RuleTemplate? template, RuleEvaluation evaluation) => template?.Resolve(evaluation) is { Length: > 0 } text ? text : null;

    private List<UserProperty> UserProperties(RuleEvaluation evaluation)
    {
        var resolved = new List<UserProperty>(_userProperties.Count);
        foreach (var (key, value) in _userProperties)
        {
            if (Text(key, evaluation) is { } name) resolved.Add(new UserProperty(name, value.Resolve(evaluation)));
        }

        return resolved;
    }
}
