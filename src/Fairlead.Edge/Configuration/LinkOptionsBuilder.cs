using System.Text.RegularExpressions;
using Fairlead.Edge.Transforms;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Configuration;

/// <summary>Makes the options of one link, and tells what is wrong with them by key.</summary>
internal sealed class LinkOptionsBuilder
{
    private const int AwsMessageRate = 100;
    private const int AwsByteRate = 512 * 1024;

    private readonly EdgeValues _values;
    private readonly List<ConfigurationProblem> _problems;
    private readonly LinkKind _kind;

    private LinkOptionsBuilder(EdgeValues values, List<ConfigurationProblem> problems)
    {
        _values = values;
        _problems = problems;
        _kind = values.Text("type") switch
        {
            "hono" => LinkKind.Hono,
            "azure" => LinkKind.Azure,
            "generic-mqtt" => LinkKind.GenericMqtt,
            _ => LinkKind.Aws,
        };
    }

    /// <summary>Makes the options; null when they cannot be used, with the reasons among the problems.</summary>
    public static LinkOptions? Build(EdgeValues values, List<ConfigurationProblem> problems)
    {
        ProvisioningFile.Apply(values, problems);
        return new LinkOptionsBuilder(values, problems).Build();
    }

    private LinkOptions? Build()
    {
        int before = _problems.Count(static problem => problem.ExitCode != 0);
        string? deviceId = ReadDeviceId();
        CheckTpm();
        CheckAddress();
        CheckReport();
        if (_values.Text("tenantId").Length == 0) Fault("tenantId", "must not be empty");
        var backoff = ReadBackoff();
        var topicFilter = ReadRegex("topicFilter", _values.Text("topicFilter"));
        var forwardFilter = ReadRegex("forwardTopicFilter", _values.Text("forwardTopicFilter"));
        var payloadFilters = _values.List("payloadFilters").Where(static text => text.Length > 0)
            .Select(text => ReadRegex("payloadFilters", text)).OfType<Regex>().ToList();
        var mappings = TopicMappingReader.Read(_values.Text("mappings"), _problems);
        var headers = ReadHeaders();
        var proxy = ReadProxy();
        if (deviceId is null || _problems.Count(static problem => problem.ExitCode != 0) > before) return null;
        var (messageRate, byteRate, limits) = ReadRates();
        return Connect(deviceId, backoff) with
        {
            Headers = headers,
            Proxy = proxy,
            MessageRate = messageRate,
            ByteRate = byteRate,
            HasAwsLimits = limits,
            AllCommandForms = _values.Text("commandForms") == "all",
            ResponseMemory = _values.Seconds("responseMemory"),
            StrictResponses = _values.Flag("strictResponses"),
            StripsPropertyBag = _values.Text("propertyBag") == "strip",
            IsGenericStyle = _values.Text("topicStyle") == "generic" || _values.Flag("generic"),
            TopicTemplate = _values.Text("topicTemplate"),
            CommandTemplate = _values.Text("commandTemplate"),
            Mappings = mappings,
            Transforms = TransformReader.Read(_values.Text("transforms"), _problems),
            TwinEnabled = _kind == LinkKind.Aws && _values.Flag("twin.enabled"),
            ReportsStatus = _values.Flag("reportStatus"),
            TopicFilter = topicFilter,
            ForwardTopicFilter = forwardFilter,
            PayloadFilters = payloadFilters,
        };
    }

    /// <summary>What the connection itself needs.</summary>
    private LinkOptions Connect(string deviceId, BackoffOptions backoff)
    {
        bool tls = EdgeAddress.IsTls(_values.Text("address"));
        return new LinkOptions
        {
            Name = _values.Text("name"),
            Kind = _kind,
            Server = EdgeAddress.ToUrl(_values.Text("address")),
            DeviceId = deviceId,
            TenantId = _values.Text("tenantId"),
            ThingName = ReadThingName(deviceId),
            PolicyId = _values.Text("policyId"),
            ClientId = _values.TextOrNull("clientId") ?? deviceId,
            UserName = ReadUserName(deviceId),
            Password = _values.TextOrNull("password"),
            CaFile = tls ? _values.Text("caCert") : null,
            CertificateFile = tls ? _values.TextOrNull("cert") : null,
            KeyFile = tls ? _values.TextOrNull("key") : null,
            Alpn = _values.List("alpn"),
            ServerName = _values.TextOrNull("serverName"),
            ProxyUserName = _values.TextOrNull("proxyUsername"),
            ProxyPassword = _values.TextOrNull("proxyPassword"),
            Version = EdgeOptionsBuilder.ToVersion(_values.Text("mqttVersion")),
            SessionExpiry = (uint)_values.Number("sessionExpiry"),
            KeepAlive = _values.Seconds("keepAlive"),
            ConnectTimeout = _values.Seconds("connectTimeout"),
            Backoff = backoff,
            StallTimeout = _values.Seconds("stallTimeout"),
            Inflight = (int)_values.Number("rate.inflight"),
            CommandQos = (QualityOfService)_values.Number("commandQos"),
            Values = _values,
        };
    }

    private string? ReadDeviceId()
    {
        string? told = _values.TextOrNull("deviceId");
        string? file = _values.TextOrNull("cert");
        bool tls = EdgeAddress.IsTls(_values.Text("address"));
        if (file is null && told is null)
        {
            Fault("cert", "must name the device certificate, or deviceId the device");
            return null;
        }

        if (file is not null && tls && _values.TextOrNull("key") is { } key && !File.Exists(key)) Fault("key", $"{key} does not exist");
        if (told is null)
        {
            told = DeviceIdentity.Read(file!, _values.Text("deviceIdPattern"), out string fault);
            if (told is null)
            {
                Fault("cert", fault);
                return null;
            }
        }
        else if (file is not null && tls && DeviceIdentity.Read(file, "", out string fault) is null)
        {
            Fault("cert", fault);
        }

        if (_kind is LinkKind.Azure or LinkKind.GenericMqtt || DeviceIdentity.IsValid(told)) return told;
        Fault(_values.TextOrNull("deviceId") is null ? "cert" : "deviceId", $"the device id \"{told}\" must have the form namespace:name; set deviceId or deviceIdPattern");
        return null;
    }

    private string ReadThingName(string deviceId)
    {
        string name = _values.TextOrNull("thingName") ?? deviceId;
        if (_kind == LinkKind.Aws && !DeviceIdentity.IsThingName(name))
        {
            _problems.Add(ConfigurationProblem.Warning(
                "thingName", $"\"{name}\" is not a thing name (1 to 128 of a-z A-Z 0-9 : _ -), so it can have no shadows; set thingName"));
        }

        return name;
    }

    private string? ReadUserName(string deviceId)
    {
        if (_values.TextOrNull("username") is { } user) return user;
        if (_values.TextOrNull("authId") is { } authId) return $"{authId}@{_values.Text("tenantId")}";
        return _kind == LinkKind.Azure
            ? $"{new Uri(_values.Text("address")).Host}/{_values.TextOrNull("clientId") ?? deviceId}/?api-version=2021-04-12"
            : null;
    }

    private void CheckTpm()
    {
        foreach (string key in (ReadOnlySpan<string>)["tpmDevice", "tpmKey", "tpmKeyPub"])
        {
            if (_values.TextOrNull(key) is not null) Fault(key, "keys in a TPM are not supported; give the key as a file (key)");
        }

        if (_values.Number("tpmHandle") != 0) Fault("tpmHandle", "keys in a TPM are not supported; give the key as a file (key)");
    }

    // Whoever does not know the topic ends the connection, again and again: better not to start.
    private void CheckReport()
    {
        if (!_values.Flag("reportStatus")) return;
        if (_kind is LinkKind.Azure or LinkKind.Hono) Fault("reportStatus", "is for a Fairlead hub, by a link of type aws or generic-mqtt; set it to false");
        else if (EdgeAddress.IsAws(_values.Text("address"))) Fault("reportStatus", "is for a Fairlead hub, and the address is one of AWS IoT, which ends connections that publish to $fairlead/; set it to false");
    }

    private void CheckAddress()
    {
        string address = _values.Text("address");
        if (address.Length == 0)
        {
            Fault("address", "must name the remote endpoint, such as mqtts://host:8883");
            return;
        }

        if (EdgeAddress.IsEmbedded(address) || EdgeAddress.FindFault(address) is not null)
        {
            Fault("address", EdgeAddress.FindFault(address) ?? "only localAddress can be embedded");
            return;
        }

        string ca = _values.Text("caCert");
        if (EdgeAddress.IsTls(address) && ca.Length == 0) Fault("caCert", "must name the certificate authorities; those of the system are not used");
        else if (EdgeAddress.IsTls(address) && !File.Exists(ca)) Fault("caCert", $"{ca} does not exist");
        else if (!EdgeAddress.IsTls(address)) _problems.Add(ConfigurationProblem.Warning("address", "the remote connection is not encrypted"));
    }

    private BackoffOptions ReadBackoff()
    {
        var options = new BackoffOptions(
            _values.Seconds("reconnectInit"),
            _values.Seconds("reconnectMax"),
            _values.Fraction("reconnectMultiplier"),
            _values.Fraction("reconnectJitter"),
            (int)_values.Number("authRetries"));
        if (options.Max < options.Init) Fault("reconnectMax", "must not be less than reconnectInit");
        return options;
    }

    private (long Messages, long Bytes, bool AwsLimits) ReadRates()
    {
        bool aws = _kind == LinkKind.Aws && EdgeAddress.IsAws(_values.Text("address"));
        return _values.Text("rate.profile") switch
        {
            "aws" => (AwsMessageRate, AwsByteRate, true),
            "custom" => (_values.Number("rate.messages"), _values.Number("rate.bytes"), _kind == LinkKind.Aws),
            "none" => (0, 0, _kind == LinkKind.Aws),
            _ => aws ? (AwsMessageRate, AwsByteRate, true) : (0, 0, _kind == LinkKind.Aws),
        };
    }

    private List<KeyValuePair<string, string>> ReadHeaders()
    {
        List<KeyValuePair<string, string>> headers = [];
        foreach (string line in _values.List("headers"))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1) Fault("headers", "each must be \"Name: value\"");
            else headers.Add(new KeyValuePair<string, string>(line[..colon].Trim(), line[(colon + 1)..].Trim()));
        }

        if (headers.Count > 0 && !_values.Text("address").StartsWith("ws", StringComparison.OrdinalIgnoreCase))
            Fault("headers", "need an address with ws or wss");
        return headers;
    }

    private Uri? ReadProxy()
    {
        if (_values.TextOrNull("proxy") is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == "http" && url.Host.Length > 0) return url;
        Fault("proxy", $"\"{text}\" must be http://host:port");
        return null;
    }

    private Regex? ReadRegex(string key, string pattern)
    {
        if (pattern.Length == 0) return null;
        try
        {
            // The engine without backtracking knows the language of RE2, and a hostile text costs it no more than its length.
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (NotSupportedException)
        {
            Fault(key, $"\"{pattern}\" uses look-around, a back-reference or the like, which is not supported");
        }
        catch (ArgumentException exception)
        {
            Fault(key, $"\"{pattern}\" is not a regular expression: {exception.Message}");
        }

        return null;
    }

    private void Fault(string key, string text) =>
        _problems.Add(ConfigurationProblem.Fault(_values.IsLink ? $"{key} (link {_values.Text("name")})" : key, text));
}
