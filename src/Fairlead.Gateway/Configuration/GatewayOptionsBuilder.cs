using System.Net;
using System.Security.Cryptography;

namespace Fairlead.Gateway.Configuration;

/// <summary>Makes options of values and finds what does not fit together; each problem names its cure (checklist 10).</summary>
internal static class GatewayOptionsBuilder
{
    /// <summary>Scheme of an address that takes HTTP/2 in the clear, by prior knowledge.</summary>
    public const string ClearHttp2 = "h2c";

    private const int LeastApiKey = 16;

    /// <summary>Builds; with problems the result is not used.</summary>
    public static GatewayOptions Build(GatewayValues values, List<string> problems)
    {
        var (host, address) = ReadHub(values, problems);
        var listen = ReadListen(values, problems);
        var options = new GatewayOptions
        {
            HubHostName = host,
            HubAddress = address,
            HubCaFile = ReadPath(values, "HubCaFile", problems),
            Policy = ReadPolicy(values, problems),
            Listen = listen,
            CertificateFile = ReadPath(values, "CertificateFile", problems),
            KeyFile = ReadPath(values, "KeyFile", problems),
            ApiKey = ReadSecret(values, "ApiKey", "ApiKeyFile", problems),
            TrustForwardedFor = values.Switch("TrustForwardedFor"),
            DeviceRateLimit = values.Fraction("DeviceRateLimit"),
            AddressRateLimit = values.Fraction("AddressRateLimit"),
            DirectMethodEnabled = values.Switch("DirectMethodEnabled"),
            DirectMethodCallback = ReadUrl(values, "DirectMethodCallback", problems),
            CloudMessagesEnabled = values.Switch("CloudMessagesEnabled"),
            CloudMessageParallelism = values.Number("CloudMessageParallelism"),
            CloudMessageCallback = ReadUrl(values, "CloudMessageCallback", problems),
            WebhookHosts = [.. values.List("WebhookAllow").Where(static entry => !entry.Contains('/', StringComparison.Ordinal))],
            WebhookNetworks = ReadNetworks(values, problems),
            CallbackSecret = ReadSecret(values, null, "WebhookSecretFile", problems),
            DataDirectory = values.Text("DataDirectory") is { Length: > 0 } directory ? Path.GetFullPath(directory) : null,
            InstanceId = ReadInstance(values, problems),
            Peers = ReadPeers(values, problems),
            OpenMetrics = values.Switch("OpenMetrics"),
            OtlpEndpoint = ReadUrl(values, "OtlpEndpoint", problems),
            OtlpOverHttp = ReadIsHttp(values, problems),
            TraceRatio = values.Fraction("TraceRatio"),
            TraceDeviceIds = values.Switch("TraceDeviceIds"),
        };
        Check(options, values, problems);
        return WithBounds(options, values);
    }

    private static GatewayOptions WithBounds(GatewayOptions options, GatewayValues values) => options with
    {
        MaxPoolSize = values.Number("MaxPoolSize"),
        IdentitiesPerConnection = values.Number("IdentitiesPerConnection"),
        OperationTimeout = TimeSpan.FromMilliseconds(values.Number("DeviceOperationTimeout")),
        DeviceCache = TimeSpan.FromMinutes(values.Number("DefaultDeviceCacheInMinutes")),
        AuthorisationRate = values.Fraction("AuthorisationRate"),
        ReconnectInit = values.Seconds("ReconnectInit"),
        ReconnectMax = values.Seconds("ReconnectMax"),
        ConnectTimeout = values.Seconds("ConnectTimeout"),
        CredentialPause = values.Seconds("CredentialPause"),
        PolicyTokenLife = TimeSpan.FromMinutes(values.Number("PolicyTokenMinutes")),
        DeviceQueue = values.Number("DeviceQueue"),
        MemoryBudget = (long)values.Number("MemoryBudget") << 20,
        MaximumDevices = values.Number("MaximumDevices"),
        MaximumBody = values.Number("MaximumBody"),
        IdempotencyWindow = TimeSpan.FromMinutes(values.Number("IdempotencyMinutes")),
        IdempotencyEntries = values.Number("IdempotencyEntries"),
        ShutdownTimeout = values.Seconds("ShutdownTimeout"),
        LockTime = TimeSpan.FromSeconds(values.Number("LockSeconds")),
        StreamWindow = values.Number("StreamWindow"),
        MaximumStreams = values.Number("MaximumStreams"),
        WebhookTimeout = values.Seconds("WebhookTimeout"),
        WebhookDeliveries = values.Number("WebhookDeliveries"),
        MaximumWebhooks = values.Number("MaximumWebhooks"),
        StealHoldDown = values.Seconds("StealHoldDown"),
    };

    private static void Check(GatewayOptions options, GatewayValues values, List<string> problems)
    {
        if (options.Listen.Any(static url => url.Scheme == Uri.UriSchemeHttps) && (options.CertificateFile is null || options.KeyFile is null))
            problems.Add("Listen has an https:// address: name its certificate in CertificateFile and its key in KeyFile");
        if (options.ApiKey is { Length: < LeastApiKey }) problems.Add($"ApiKey is too short: give at least {LeastApiKey} characters");
        if (values.Seconds("ReconnectInit") > values.Seconds("ReconnectMax")) problems.Add("ReconnectInit is above ReconnectMax: lower it, or raise ReconnectMax");
        if (options.CloudMessageCallback is not null && !options.CloudMessagesEnabled)
            problems.Add("CloudMessageCallback is set but CloudMessagesEnabled is false: set that to true, or leave the callback out");
        if (options.DirectMethodCallback is not null && !options.DirectMethodEnabled)
            problems.Add("DirectMethodCallback is set but DirectMethodEnabled is false: set that to true, or leave the callback out");
        if (options.Peers.ContainsKey(options.InstanceId)) problems.Add($"Peers has an entry {options.InstanceId}, which is this instance: leave it out, or change InstanceId");
        if (values.IsSet("Peers") && !values.IsSet("InstanceId")) problems.Add("Peers is set but InstanceId is not: give this instance the name that the others know it by");
    }

    private static (string Host, Uri Address) ReadHub(GatewayValues values, List<string> problems)
    {
        var parts = ConnectionString.Parse(values.Text("HubConnectionString"));
        string name = values.Text("IoTHubHostName");
        if (name.Length == 0) name = parts.GetValueOrDefault("HostName", "");
        if (name.Length == 0)
        {
            problems.Add("IoTHubHostName is missing: give the name of the hub, such as myhub.azure-devices.net");
            return ("", new Uri("amqps://missing"));
        }

        if (!Uri.TryCreate(name.Contains("://", StringComparison.Ordinal) ? name : "amqps://" + name, UriKind.Absolute, out var hub) || hub.PathAndQuery.Trim('/').Length > 0)
        {
            problems.Add($"IoTHubHostName is \"{name}\": give a host name, such as myhub.azure-devices.net, without path");
            return ("", new Uri("amqps://missing"));
        }

        string text = values.Text("HubAddress");
        if (text.Length == 0) return (hub.Host, WithPort(hub));
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "amqps" or "amqp" or "wss" or "ws")
        {
            if (address.Scheme is "amqp" or "ws" && !IsLoopback(address))
                problems.Add($"HubAddress is {text}, which is not encrypted: use amqps:// or wss://, or a loopback address");
            return (hub.Host, WithPort(address));
        }

        problems.Add($"HubAddress is \"{text}\": give amqps://host:port, amqp://host:port, wss://host:port or ws://host:port");
        return (hub.Host, hub);
    }

    private static Uri WithPort(Uri url) => url.Port > 0
        ? url
        : new UriBuilder(url) { Port = url.Scheme switch { "amqp" => 5672, "wss" => 443, "ws" => 80, _ => 5671 } }.Uri;

    private static bool IsLoopback(Uri url) =>
        url.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static PolicyKey? ReadPolicy(GatewayValues values, List<string> problems)
    {
        if (!values.Switch("SharedAccessPolicyKeyEnabled")) return null;
        var parts = ConnectionString.Parse(values.Text("HubConnectionString"));
        string name = values.Text("AccessPolicyName") is { Length: > 0 } given ? given : parts.GetValueOrDefault("SharedAccessKeyName", "");
        string key = ReadSecret(values, "AccessPolicyKey", "AccessPolicyKeyFile", problems) ?? parts.GetValueOrDefault("SharedAccessKey", "");
        if (name.Length == 0) problems.Add("SharedAccessPolicyKeyEnabled is true but AccessPolicyName is missing: give the name of the policy, such as device");
        if (key.Length == 0) problems.Add("SharedAccessPolicyKeyEnabled is true but AccessPolicyKey is missing: give the policy's key, or AccessPolicyKeyFile");
        var bytes = new byte[key.Length];
        if (Convert.TryFromBase64String(key, bytes, out int length)) return new PolicyKey(name, bytes[..length]);
        problems.Add("AccessPolicyKey is not base64: copy the key as the hub shows it");
        return null;
    }

    private static List<Uri> ReadListen(GatewayValues values, List<string> problems)
    {
        var list = new List<Uri>();
        foreach (string text in values.List("Listen"))
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https" or ClearHttp2) && url.Port >= 0 && ListenAddress(url) is not null)
                list.Add(url);
            else
                problems.Add($"Listen has \"{text}\": give http://address:port, https://address:port or h2c://address:port with a numeric address, localhost or *");
        }

        if (list.Count == 0 && problems.Count == 0) problems.Add("Listen is empty: give an address, such as http://127.0.0.1:8088");
        return list;
    }

    /// <summary>The address of a listener; null when it is not one.</summary>
    public static IPAddress? ListenAddress(Uri url) => url.Host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" or "+" => IPAddress.Any,
        var host => IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : null,
    };

    private static Uri? ReadUrl(GatewayValues values, string key, List<string> problems)
    {
        string text = values.Text(key);
        if (text.Length == 0) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)) return url;
        problems.Add($"{key} is \"{text}\": give an http:// or https:// URL");
        return null;
    }

    private static bool ReadIsHttp(GatewayValues values, List<string> problems)
    {
        string text = values.Text("OtlpProtocol");
        if (text is not ("grpc" or "http")) problems.Add($"OtlpProtocol is \"{text}\": give grpc or http");
        return text == "http";
    }

    private static string? ReadPath(GatewayValues values, string key, List<string> problems)
    {
        if (values.Text(key) is not { Length: > 0 } path) return null;
        if (!File.Exists(path)) problems.Add($"{key} names {path}, which does not exist: correct the path");
        return path;
    }

    private static string? ReadSecret(GatewayValues values, string? key, string fileKey, List<string> problems)
    {
        if (key is not null && values.Text(key) is { Length: > 0 } direct) return direct;
        if (values.Text(fileKey) is not { Length: > 0 } file) return null;
        try
        {
            if (File.ReadAllText(file).Trim() is { Length: > 0 } secret) return secret;
            problems.Add($"{fileKey} names {file}, which is empty: put the key into it");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{fileKey} names {file}, which cannot be read: {exception.Message}");
        }

        return null;
    }

    private static List<IPNetwork> ReadNetworks(GatewayValues values, List<string> problems)
    {
        var list = new List<IPNetwork>();
        foreach (string text in values.List("WebhookAllow").Where(static entry => entry.Contains('/', StringComparison.Ordinal)))
        {
            if (IPNetwork.TryParse(text, out var network)) list.Add(network);
            else problems.Add($"WebhookAllow has \"{text}\": give a host name, an address or a network such as 10.0.0.0/8");
        }

        return list;
    }

    private static string ReadInstance(GatewayValues values, List<string> problems)
    {
        string name = values.Text("InstanceId");
        if (name.Length == 0) return "g" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        if (name.Length > 32 || name.Any(static c => !char.IsAsciiLetterOrDigit(c) && c != '-')) problems.Add($"InstanceId is \"{name}\": give up to 32 letters, digits and hyphens");
        return name;
    }

    private static Dictionary<string, Uri> ReadPeers(GatewayValues values, List<string> problems)
    {
        var peers = new Dictionary<string, Uri>(StringComparer.Ordinal);
        foreach (string text in values.List("Peers"))
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Uri.TryCreate(text[(equals + 1)..], UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
                peers[text[..equals]] = url;
            else
                problems.Add($"Peers has \"{text}\": give name=url, such as gw2=http://10.0.0.2:8088");
        }

        return peers;
    }
}
