using System.Net;
using System.Net.Sockets;
using Fairlead.Gateway.Configuration;

namespace Fairlead.Gateway.Cloud.Hooks;

/// <summary>
/// Keeps webhooks from reaching what only the gateway can reach: the address is judged when the connection is made, so that a name which
/// resolves differently the second time does not help (spec section 9.4 item 13).
/// </summary>
internal sealed class WebhookGuard(GatewayOptions options)
{
    private static readonly IPNetwork[] Private =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "::/128", "::1/128", "64:ff9b::/96", "100::/64", "2001:db8::/32", "fc00::/7", "fe80::/10", "ff00::/8",
        ]).Select(static text => IPNetwork.Parse(text)),
    ];

    private readonly HashSet<string> _hosts = new(
        [.. options.WebhookHosts, .. ((Uri?[])[options.CloudMessageCallback, options.DirectMethodCallback]).OfType<Uri>().Select(static url => url.Host)],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with a URL that a device wants to register; null when it may be.</summary>
    public string? FindFault(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)) return "url must be an https:// URL";
        if (url.UserInfo.Length > 0) return "url must not hold a user name";
        if (_hosts.Contains(url.Host)) return null;
        bool literal = IPAddress.TryParse(url.Host.Trim('[', ']'), out var address);
        if (literal && !MayReach(address!)) return $"{url.Host} is not a public address; the gateway's setting WebhookAllow lists others";
        return url.Scheme == Uri.UriSchemeHttp && !(literal && IsAllowed(address!)) ? "url must be an https:// URL" : null;
    }

    /// <summary>Connects to a host, to an address that may be reached.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        string host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        bool trusted = _hosts.Contains(host);
        foreach (var address in addresses)
        {
            if (!trusted && !MayReach(address)) continue;
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException)
            {
                socket.Dispose(); // the next address, if there is one
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new HttpRequestException($"{host} has no address that can and may be reached");
    }

    private bool MayReach(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return IsAllowed(address) || !Array.Exists(Private, network => network.Contains(address));
    }

    private bool IsAllowed(IPAddress address) => options.WebhookNetworks.Any(network => network.Contains(address)) || _hosts.Contains(address.ToString());
}
