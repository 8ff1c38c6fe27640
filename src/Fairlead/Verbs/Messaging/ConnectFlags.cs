using System.CommandLine;
using System.Globalization;
using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Verbs.Kits;

namespace Fairlead.Verbs.Messaging;

/// <summary>How to reach and greet a server, with the letters of mosquitto's tools.</summary>
/// <param name="kitRole">
/// With a kit, what the client does beside the device, which is part of its Client Identifier; empty for the device itself, null for verbs that take no kit.
/// </param>
internal sealed class ConnectFlags(string? kitRole)
{
    private readonly Option<string?> _as = new("--as") { Description = "Connect with the kit of a thing: its folder, or its name below FAIRLEAD_KITS. See 'fairlead thing create'.", HelpName = "thing" };
    private readonly Option<string?> _host = new("--host", "-h") { Description = "Host (default localhost).", HelpName = "host" };
    private readonly Option<int?> _port = new("--port", "-p") { Description = "Port (default 1883, with TLS 8883).", HelpName = "port" };
    private readonly Option<string?> _url = new("--url", "-L")
    {
        Description = "All at once: mqtt(s)://[user[:password]@]host[:port][/topic]. For ws(s):// the path is that of the WebSocket (default /mqtt).",
        HelpName = "url",
    };

    private readonly Option<string?> _user = new("--username", "-u") { Description = "User name.", HelpName = "name" };
    private readonly Option<string?> _password = new("--pw", "-P") { Description = "Password (or the variable FAIRLEAD_PASSWORD).", HelpName = "password" };
    private readonly Option<string?> _id = new("--id", "-i") { Description = "Client Identifier (default: the server assigns one, in 3.x a random one).", HelpName = "id" };
    private readonly Option<string?> _idPrefix = new("--id-prefix", "-I") { Description = "Client Identifier made of this and the process id.", HelpName = "prefix" };
    private readonly Option<int> _keepAlive = new("--keepalive", "-k") { Description = "Keep Alive in seconds.", HelpName = "seconds", DefaultValueFactory = _ => 60 };
    private readonly Option<string> _version = new("--protocol-version", "-V") { Description = "5, 311 or 31, also mqttv5, mqttv311, mqttv31.", HelpName = "version", DefaultValueFactory = _ => "5" };
    private readonly Option<bool> _keepSession = new("--disable-clean-session", "-c") { Description = "Keep the Session; needs -i." };
    private readonly Option<string?> _sessionExpiry = new("--session-expiry-interval", "-x")
    {
        Description = "Life of the Session after the connection in seconds, -1 for ever (default 0, with -c for ever).",
        HelpName = "seconds",
    };

    private readonly TlsFlags _tls = new();
    private readonly WillFlags _will = new();
    private readonly Option<string[]> _properties = new("--property", "-D")
    {
        Description = "MQTT 5 property: COMMAND NAME VALUE, or COMMAND user-property KEY VALUE; COMMAND is connect, publish, will ...",
        HelpName = "property",
        Arity = new ArgumentArity(3, 10_000),
        AllowMultipleArgumentsPerToken = true,
    };

    public void AddTo(Command command)
    {
        if (kitRole is not null)
            command.Options.Add(_as);
        foreach (var option in new Option[] { _host, _port, _url, _user, _password, _id, _idPrefix, _keepAlive, _version, _keepSession, _sessionExpiry })
            command.Options.Add(option);
        command.Options.Add(_properties);
        _will.AddTo(command);
        _tls.AddTo(command);
    }

    /// <summary>Reads the flags; what contradicts itself is a usage error.</summary>
    public Connect Read(ParseResult result, TalkFlags.Settings talk, Terminal terminal)
    {
        var properties = PropertyFlags.Parse(result.GetValue(_properties) ?? []);
        var version = properties.Any ? ProtocolVersion.V5 : ParseVersion(result.GetValue(_version)!);
        var kit = ReadKit(result, terminal);
        var url = kit is not null ? new ServerUrl(kit.Server, null, null, null) : ServerUrl.From(result.GetValue(_url), result.GetValue(_host), result.GetValue(_port), _tls.AsksForTls(result));
        bool keepSession = result.GetValue(_keepSession);
        string id = ClientId(result, version, kit);
        if (keepSession && id.Length == 0)
            throw VerbException.Usage("cannot keep the Session", "-c needs a Client Identifier to find it again", "Give one with -i");
        string? password = result.GetValue(_password) ?? url.Password ?? terminal.Environment("FAIRLEAD_PASSWORD");
        string? user = result.GetValue(_user) ?? url.User;
        if (password is not null && user is null && version != ProtocolVersion.V5)
        {
            if (result.GetValue(_password) is not null)
                throw VerbException.Usage("cannot send a password", "MQTT 3.x has none without a user name", "Give one with -u");
            password = null; // That of the environment is for when it fits.
        }

        int keepAlive = result.GetValue(_keepAlive);
        if (keepAlive is < 0 or > ushort.MaxValue)
            throw VerbException.Usage("cannot use this Keep Alive", $"{keepAlive} is not from 0 to 65535", "Give seconds with -k");
        var options = new MqttClientOptions
        {
            Server = url.Server,
            Version = version,
            ClientId = id,
            UserName = user,
            Password = password is null ? null : Encoding.UTF8.GetBytes(password),
            CleanStart = !keepSession,
            SessionExpiryInterval = SessionExpiry(result.GetValue(_sessionExpiry), keepSession),
            KeepAlive = TimeSpan.FromSeconds(keepAlive),
            Will = _will.Read(result, properties),
            Tls = kit is null ? _tls.Read(result) : new TlsOptions { CaFile = kit.RootCaFile, CertificateFile = kit.CertificateFile, KeyFile = kit.PrivateKeyFile },
            ConnectTimeout = talk.Timeout,
            Time = terminal.Time,
        };
        return new Connect(properties.ApplyTo(options), properties, url.Topic);
    }

    private KitConnection? ReadKit(ParseResult result, Terminal terminal)
    {
        if (kitRole is null || result.GetValue(_as) is not { } name)
            return null;
        if (result.GetValue(_host) is not null || result.GetValue(_port) is not null || result.GetValue(_url) is not null || _tls.AsksForTls(result))
            throw VerbException.Usage($"cannot connect as {name}", "--as says where to connect and with which certificate, and so do -h, -p, -L and the options of TLS", "Give --as alone");
        return KitConnection.Read(name, terminal.Environment);
    }

    private static ProtocolVersion ParseVersion(string text) => text switch
    {
        "5" or "mqttv5" => ProtocolVersion.V5,
        "311" or "mqttv311" or "3.1.1" => ProtocolVersion.V311,
        "31" or "mqttv31" or "3.1" => ProtocolVersion.V31,
        _ => throw VerbException.Usage("cannot use this protocol version", $"{text} is not one", "Give 5, 311 or 31 with -V"),
    };

    private static uint SessionExpiry(string? text, bool keepSession)
    {
        if (text is null)
            return keepSession ? uint.MaxValue : 0;
        if (text is "-1" or "∞")
            return uint.MaxValue;
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds)
            ? seconds
            : throw VerbException.Usage("cannot use this Session Expiry Interval", $"{text} is not a number of seconds", "Give 0 to 4294967295, or -1 for ever, with -x");
    }

    private string ClientId(ParseResult result, ProtocolVersion version, KitConnection? kit)
    {
        string? id = result.GetValue(_id);
        string? prefix = result.GetValue(_idPrefix);
        if (id is not null && prefix is not null)
            throw VerbException.Usage("cannot make the Client Identifier", "-i and -I exclude each other", "Give one of them");
        if (prefix is not null)
            return prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

        // Only one connection can be the device: whoever talks beside it takes a name that its policy allows too.
        if (id is null && kit is not null)
            return kitRole!.Length == 0 ? kit.ClientId : $"{kit.ClientId}/{kitRole}-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";

        // Some servers of version 3 refuse an empty one, and 3.1 does not allow it.
        return id ?? (version == ProtocolVersion.V5 || result.GetValue(_keepSession) ? "" : $"fairlead-{Random.Shared.Next():x8}");
    }

    /// <param name="Options">For the client.</param>
    /// <param name="Properties">Properties of the packets after CONNECT.</param>
    /// <param name="UrlTopic">Topic of the URL, or null.</param>
    internal sealed record Connect(MqttClientOptions Options, PropertyFlags Properties, string? UrlTopic);
}
