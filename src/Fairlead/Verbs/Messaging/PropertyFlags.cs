using System.Globalization;
using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Verbs.Messaging;

/// <summary>The MQTT 5 properties of <c>-D COMMAND NAME VALUE</c>, sorted by the packet they belong to.</summary>
internal sealed class PropertyFlags
{
    private readonly List<UserProperty> _connectUser = [];
    private readonly List<Func<MqttClientOptions, MqttClientOptions>> _connect = [];

    public bool Any { get; private set; }

    public bool HasWill { get; private set; }

    public PublishProperties Publish { get; private set; } = PublishProperties.None;

    public ushort? TopicAlias { get; private set; }

    public PublishProperties Will { get; private set; } = PublishProperties.None;

    public uint WillDelay { get; private set; }

    public List<UserProperty> Subscribe { get; } = [];

    public uint? SubscriptionIdentifier { get; private set; }

    public List<UserProperty> Unsubscribe { get; } = [];

    public DisconnectPacket Disconnect { get; private set; } = new();

    /// <summary>Reads the words behind all <c>-D</c>.</summary>
    public static PropertyFlags Parse(string[] words)
    {
        var flags = new PropertyFlags { Any = words.Length > 0 };
        int at = 0;
        while (at < words.Length)
        {
            string command = words[at++].ToLowerInvariant();
            string name = Next(words, ref at, $"-D {command}");
            string value = Next(words, ref at, $"-D {command} {name}");
            if (name == "user-property")
                flags.AddUser(command, new UserProperty(value, Next(words, ref at, $"-D {command} user-property {value}")));
            else
                flags.Add(command, name, value);
        }

        return flags;
    }

    /// <summary>Adds the properties of CONNECT.</summary>
    public MqttClientOptions ApplyTo(MqttClientOptions options) =>
        _connect.Aggregate(options with { UserProperties = _connectUser }, (current, change) => change(current));

    private static string Next(string[] words, ref int at, string after) => at < words.Length
        ? words[at++]
        : throw VerbException.Usage("cannot read a property", $"a word is missing after {after}", "Write -D COMMAND NAME VALUE, or -D COMMAND user-property KEY VALUE");

    private void AddUser(string command, UserProperty property)
    {
        switch (command)
        {
            case "connect":
                _connectUser.Add(property);
                break;
            case "publish":
                Publish = Publish with { UserProperties = [.. Publish.UserProperties, property] };
                break;
            case "will":
                HasWill = true;
                Will = Will with { UserProperties = [.. Will.UserProperties, property] };
                break;
            case "subscribe":
                Subscribe.Add(property);
                break;
            case "unsubscribe":
                Unsubscribe.Add(property);
                break;
            case "disconnect":
                Disconnect = Disconnect with { UserProperties = [.. Disconnect.UserProperties, property] };
                break;
            default:
                throw Unknown(command, "user-property");
        }
    }

    private void Add(string command, string name, string value)
    {
        switch (command)
        {
            case "connect":
                AddConnect(name, value);
                break;
            case "publish" when name == "topic-alias":
                TopicAlias = (ushort)Number(name, value, ushort.MaxValue);
                break;
            case "publish":
                Publish = With(Publish, command, name, value);
                break;
            case "will" when name == "will-delay-interval":
                HasWill = true;
                WillDelay = Number(name, value, uint.MaxValue);
                break;
            case "will":
                HasWill = true;
                Will = With(Will, command, name, value);
                break;
            case "subscribe" when name == "subscription-identifier":
                SubscriptionIdentifier = Number(name, value, 268_435_455);
                break;
            case "disconnect" when name == "session-expiry-interval":
                Disconnect = Disconnect with { SessionExpiryInterval = Number(name, value, uint.MaxValue) };
                break;
            case "disconnect" when name == "reason-string":
                Disconnect = Disconnect with { ReasonString = value };
                break;
            default:
                throw Unknown(command, name);
        }
    }

    private void AddConnect(string name, string value)
    {
        _connect.Add(name switch
        {
            "authentication-method" => options => options with { AuthenticationMethod = value },
            "authentication-data" => options => options with { AuthenticationData = Encoding.UTF8.GetBytes(value) },
            "maximum-packet-size" => Set(Number(name, value, int.MaxValue), (options, number) => options with { MaximumPacketSize = (int)number }),
            "receive-maximum" => Set(Number(name, value, ushort.MaxValue), (options, number) => options with { ReceiveMaximum = (ushort)number }),
            "request-problem-information" => Set(Number(name, value, 1), (options, number) => options with { RequestProblemInformation = number == 1 }),
            "request-response-information" => Set(Number(name, value, 1), (options, number) => options with { RequestResponseInformation = number == 1 }),
            "session-expiry-interval" => Set(Number(name, value, uint.MaxValue), (options, number) => options with { SessionExpiryInterval = number }),
            "topic-alias-maximum" => Set(Number(name, value, ushort.MaxValue), (options, number) => options with { TopicAliasMaximum = (ushort)number }),
            _ => throw Unknown("connect", name),
        });
        if (name is "maximum-packet-size" or "receive-maximum" && Number(name, value, uint.MaxValue) == 0)
            throw VerbException.Usage($"cannot use the property {name}", "the standard forbids 0", "Give 1 or more");

        static Func<MqttClientOptions, MqttClientOptions> Set(uint number, Func<MqttClientOptions, uint, MqttClientOptions> change) =>
            options => change(options, number);
    }

    private static PublishProperties With(PublishProperties properties, string command, string name, string value) => name switch
    {
        "content-type" => properties with { ContentType = value },
        "correlation-data" => properties with { CorrelationData = Encoding.UTF8.GetBytes(value) },
        "message-expiry-interval" => properties with { MessageExpiryInterval = Number(name, value, uint.MaxValue) },
        "payload-format-indicator" => properties with { PayloadIsUtf8 = Number(name, value, 1) == 1 },
        "response-topic" => properties with { ResponseTopic = value },
        _ => throw Unknown(command, name),
    };

    private static uint Number(string name, string value, uint maximum) =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number <= maximum
            ? number
            : throw VerbException.Usage($"cannot use the property {name}", $"{value} is not a number from 0 to {maximum}", "Give such a number");

    private static VerbException Unknown(string command, string name) => VerbException.Usage(
        "cannot use a property",
        $"{command} has no property {name} that a client can set",
        "See docs/cli.md for the properties of connect, publish, subscribe, unsubscribe, disconnect and will");
}
