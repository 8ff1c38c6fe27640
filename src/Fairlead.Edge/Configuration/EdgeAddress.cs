namespace Fairlead.Edge.Configuration;

/// <summary>Addresses of brokers as Kanto writes them, turned into what the client takes (spec section 4).</summary>
internal static class EdgeAddress
{
    /// <summary>Word for the broker inside this process.</summary>
    public const string Embedded = "embedded";

    /// <summary>Why an address cannot be used; null when it can.</summary>
    public static string? FindFault(string address)
    {
        if (IsEmbedded(address)) return TryReadEmbedded(address, out _, out _) ? null : $"\"{address}\" must be embedded or embedded://host:port";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Host.Length == 0)
            return $"\"{address}\" is not a URL such as mqtts://host:8883";
        return SchemeOf(url) is null ? $"\"{url.Scheme}\" is none of tls, ssl, mqtts, mqtt+ssl, tcps, wss, tcp, mqtt, ws" : null;
    }

    /// <summary>Whether the address asks for the broker inside this process.</summary>
    public static bool IsEmbedded(string address) =>
        address.Equals(Embedded, StringComparison.OrdinalIgnoreCase) || address.StartsWith(Embedded + ":", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where the broker inside this process listens; 127.0.0.1:1883 unless said otherwise.</summary>
    public static bool TryReadEmbedded(string address, out string host, out int port)
    {
        (host, port) = ("127.0.0.1", 1883);
        if (address.Equals(Embedded, StringComparison.OrdinalIgnoreCase)) return true;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Host.Length == 0) return false;
        host = url.Host;
        port = url.Port < 0 ? 1883 : url.Port;
        return true;
    }

    /// <summary>The address in the words of the client: mqtt, mqtts, ws or wss.</summary>
    /// <param name="address">An address without fault.</param>
    public static Uri ToUrl(string address)
    {
        var url = new Uri(address);
        var builder = new UriBuilder(url) { Scheme = SchemeOf(url) ?? url.Scheme, UserName = "", Password = "" };
        if (url.IsDefaultPort && builder.Scheme is "mqtt" or "mqtts") builder.Port = url.Port > 0 ? url.Port : -1;
        return builder.Uri;
    }

    /// <summary>Whether TLS is spoken there.</summary>
    public static bool IsTls(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && SchemeOf(url) is "mqtts" or "wss";

    /// <summary>Whether it is an endpoint of AWS, whose limits then hold by default.</summary>
    public static bool IsAws(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Host.Contains(".iot.", StringComparison.OrdinalIgnoreCase)
        && (url.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase) || url.Host.EndsWith(".amazonaws.com.cn", StringComparison.OrdinalIgnoreCase));

    private static string? SchemeOf(Uri url) => url.Scheme switch
    {
        "tls" or "ssl" or "mqtts" or "mqtt+ssl" or "tcps" => "mqtts",
        "tcp" or "mqtt" => "mqtt",
        "ws" or "wss" => url.Scheme,
        _ => null,
    };
}
