using System.Globalization;

namespace Fairlead.Verbs.Messaging;

/// <summary>The server from <c>-L</c>, or from <c>-h</c> and <c>-p</c>.</summary>
/// <param name="Server">URL for the client, without user and topic.</param>
/// <param name="User">User name in the URL.</param>
/// <param name="Password">Password in the URL.</param>
/// <param name="Topic">Topic in an mqtt URL.</param>
internal sealed record ServerUrl(Uri Server, string? User, string? Password, string? Topic)
{
    public static ServerUrl From(string? url, string? host, int? port, bool tls)
    {
        if (port is < 1 or > 65535)
            throw VerbException.Usage("cannot connect", $"{port} is not a port", "Give 1 to 65535 with -p");
        if (url is null)
            return FromHost(host ?? "localhost", port, tls);
        if (host is not null || port is not null)
            throw VerbException.Usage("cannot connect", "-L and -h or -p exclude each other", "Give the host and port in the URL");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Host.Length == 0 || parsed.Scheme is not ("mqtt" or "mqtts" or "ws" or "wss"))
            throw VerbException.Usage("cannot connect", $"{url} is not a URL of an MQTT server", "Give mqtt://, mqtts://, ws:// or wss:// with a host");
        if (tls && parsed.Scheme is "mqtt" or "ws" && tls)
            throw VerbException.Usage("cannot connect", $"{parsed.Scheme}:// has no TLS, but TLS options are given", $"Give {parsed.Scheme}s://");
        string[] user = parsed.UserInfo.Split(':', 2);
        var server = new UriBuilder(parsed) { UserName = "", Password = "" };
        string? topic = null;
        if (parsed.Scheme is "mqtt" or "mqtts")
        {
            // A '+' or '#' in the URL means itself: '#' would else begin a fragment.
            string rest = Uri.UnescapeDataString(parsed.AbsolutePath) + Uri.UnescapeDataString(parsed.Query + parsed.Fragment);
            topic = rest.Length > 1 ? rest[1..] : null;
            server.Path = server.Query = server.Fragment = "";
        }

        return new ServerUrl(
            server.Uri,
            user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            topic);
    }

    private static ServerUrl FromHost(string host, int? port, bool tls)
    {
        // As with mosquitto, port 8883 means TLS.
        tls |= port == 8883;
        string text = host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;
        string number = port is { } given ? $":{given.ToString(CultureInfo.InvariantCulture)}" : "";
        return Uri.TryCreate($"{(tls ? "mqtts" : "mqtt")}://{text}{number}", UriKind.Absolute, out var server)
            ? new ServerUrl(server, null, null, null)
            : throw VerbException.Usage("cannot connect", $"{host} is not a host name", "Give a name or an address with -h");
    }
}
