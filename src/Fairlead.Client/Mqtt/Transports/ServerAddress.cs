namespace Fairlead.Client.Mqtt.Transports;

/// <summary>The parts of a server URL, with the default ports and path filled in.</summary>
internal sealed record ServerAddress(string Host, int Port, bool Tls, Uri? WebSocket)
{
    /// <summary>The protocol spoken there, for people.</summary>
    public string Protocol { get; init; } = "MQTT";

    /// <summary>Scheme of its plain form; with an <c>s</c> behind it over TLS.</summary>
    public string Scheme { get; init; } = "mqtt";

    /// <summary>Sub-protocol of WebSocket.</summary>
    public string SubProtocol { get; init; } = "mqtt";

    /// <summary>Path that hubs commonly use for WebSocket.</summary>
    public string CommonPath { get; init; } = "/mqtt";

    public static ServerAddress From(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        string host = url.IsAbsoluteUri ? url.IdnHost : "";
        return (url.IsAbsoluteUri ? url.Scheme : "") switch
        {
            "mqtt" or "tcp" => new(host, url.Port > 0 ? url.Port : 1883, false, null),
            "mqtts" or "ssl" or "tls" => new(host, url.Port > 0 ? url.Port : 8883, true, null),
            "ws" => new(host, url.Port, false, WithPath(url)),
            "wss" => new(host, url.Port, true, WithPath(url)),
            _ => throw Failures.Invalid(
                $"cannot connect to {url}",
                "the URL has no scheme that this client knows",
                "Use mqtt://, mqtts://, ws:// or wss://"),
        };
    }

    public override string ToString() => WebSocket?.ToString() ?? $"{Scheme}{(Tls ? "s" : "")}://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";

    private static Uri WithPath(Uri url) =>
        new UriBuilder(url) { UserName = "", Password = "", Path = url.AbsolutePath.Length > 1 ? url.AbsolutePath : "/mqtt" }.Uri;
}
