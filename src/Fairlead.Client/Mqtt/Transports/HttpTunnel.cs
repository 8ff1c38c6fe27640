using System.Globalization;
using System.Text;

namespace Fairlead.Client.Mqtt.Transports;

/// <summary>Asks an HTTP proxy for a tunnel.</summary>
internal static class HttpTunnel
{
    private const int LongestAnswer = 16 * 1024;

    /// <summary>Sends CONNECT and reads the answer to its last header; what follows on the stream comes from the server.</summary>
    /// <exception cref="MqttException">The proxy refuses, or speaks something else.</exception>
    public static async ValueTask OpenAsync(Stream stream, HttpProxyOptions proxy, ServerAddress address, CancellationToken cancellationToken)
    {
        string authority = $"{(address.Host.Contains(':') ? $"[{address.Host}]" : address.Host)}:{address.Port.ToString(CultureInfo.InvariantCulture)}";
        string login = proxy.UserName is null
            ? ""
            : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{proxy.UserName}:{proxy.Password}"))}\r\n";
        byte[] request = Encoding.UTF8.GetBytes($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{login}\r\n");
        await stream.WriteAsync(request, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        string head = await ReadHeadAsync(stream, proxy, address, cancellationToken);
        string status = head.Split(' ') is [{ } version, { } code, ..] && version.StartsWith("HTTP/1.", StringComparison.Ordinal) ? code.Trim() : "";
        if (status.Length == 3 && status[0] == '2') return;
        throw status switch
        {
            "407" => Fault(proxy, address, MqttFailure.Refused, "the proxy wants a user name and password (HTTP 407)", "Give the proxy's user name and password"),
            { Length: 3 } => Fault(proxy, address, MqttFailure.Unreachable, $"the proxy answered HTTP {status}", "Check that the proxy may connect to this host and port"),
            _ => Fault(proxy, address, MqttFailure.Protocol, "the proxy's answer is not HTTP", "Check the address of the proxy"),
        };
    }

    // A byte at a time: what comes after the empty line belongs to the server and must stay on the stream.
    private static async ValueTask<string> ReadHeadAsync(Stream stream, HttpProxyOptions proxy, ServerAddress address, CancellationToken cancellationToken)
    {
        var head = new byte[LongestAnswer];
        int length = 0;
        while (length < head.Length)
        {
            if (await stream.ReadAsync(head.AsMemory(length, 1), cancellationToken) == 0)
                throw Fault(proxy, address, MqttFailure.Closed, "the proxy closed the connection", "Check the address of the proxy");
            length++;
            if (head.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) return Encoding.Latin1.GetString(head, 0, length);
        }

        throw Fault(proxy, address, MqttFailure.Protocol, "the proxy's answer does not end", "Check the address of the proxy");
    }

    private static MqttException Fault(HttpProxyOptions proxy, ServerAddress address, MqttFailure failure, string why, string cure) =>
        new(failure, $"cannot connect to {address} through the proxy {proxy.Address.Authority}", why, cure);
}
