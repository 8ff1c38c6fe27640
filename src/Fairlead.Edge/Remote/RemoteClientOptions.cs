using System.Security.Authentication;
using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Configuration;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Remote;

/// <summary>Settings of the client at the remote endpoint (spec section 4): one for each connection, so that files are read anew.</summary>
internal static class RemoteClientOptions
{
    private const ushort MostUnacknowledged = 100;

    /// <summary>Makes them.</summary>
    public static MqttClientOptions Create(LinkOptions link, TimeProvider time) => new()
    {
        Server = link.Server,
        Version = link.Version,
        ClientId = link.ClientId,
        CleanStart = false,
        SessionExpiryInterval = link.Version == ProtocolVersion.V5 ? link.SessionExpiry : 0,
        UserName = link.UserName,
        Password = link.Password is null ? null : Encoding.UTF8.GetBytes(link.Password),
        KeepAlive = link.KeepAlive,
        PingTimeout = TimeSpan.FromSeconds(Math.Clamp(link.KeepAlive.TotalSeconds / 2, 1, 10)),
        ConnectTimeout = link.ConnectTimeout,
        ReceiveMaximum = MostUnacknowledged,
        Acknowledge = AcknowledgeMode.Manual,
        ReceiveQueueFull = ReceiveQueuePolicy.Wait,
        HttpHeaders = link.Headers,
        Proxy = link.Proxy is null ? null : new HttpProxyOptions(link.Proxy) { UserName = link.ProxyUserName, Password = link.ProxyPassword },
        Tls = new TlsOptions
        {
            CaFile = link.CaFile,
            CertificateFile = link.CertificateFile,
            KeyFile = link.KeyFile,
            Alpn = link.Alpn,
            ServerName = link.ServerName,
            Protocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        },
        Reconnect = null,
        Time = time,
    };
}
