using System.Security.Authentication;
using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Configuration;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Local;

/// <summary>Settings of the two clients at the local broker (spec section 5).</summary>
internal static class LocalClientOptions
{
    /// <summary>Longest wait between attempts to reach the local broker.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Makes them.</summary>
    /// <param name="local">The local broker.</param>
    /// <param name="clientId">Client Identifier.</param>
    /// <param name="cleanSession">Whether the Session ends with the connection.</param>
    /// <param name="embedded">Opens a connection to the broker inside this process; null for one outside.</param>
    /// <param name="time">Clock.</param>
    public static MqttClientOptions Create(
        LocalOptions local, string clientId, bool cleanSession, Func<CancellationToken, ValueTask<Stream>>? embedded, TimeProvider time) => new()
        {
            Server = local.Server ?? new Uri("mqtt://127.0.0.1"),
            OpenTransport = embedded,
            Version = local.Version,
            ClientId = clientId,
            CleanStart = cleanSession,
            SessionExpiryInterval = cleanSession || local.Version != ProtocolVersion.V5 ? 0 : uint.MaxValue,
            UserName = local.UserName,
            Password = local.Password is null ? null : Encoding.UTF8.GetBytes(local.Password),
            KeepAlive = local.KeepAlive,
            ReceiveMaximum = ushort.MaxValue,
            Acknowledge = AcknowledgeMode.Manual,
            // Reading pauses instead: a QoS 0 message that was read is not lost here.
            ReceiveQueueFull = ReceiveQueuePolicy.Wait,
            Tls = new TlsOptions
            {
                CaFile = local.CaFile,
                CertificateFile = local.CertificateFile,
                KeyFile = local.KeyFile,
                Protocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            },
            Reconnect = new ReconnectOptions
            {
                FirstDelay = TimeSpan.FromMilliseconds(500),
                MaximumDelay = LongestWait,
                RetryFirstConnect = true,
                StopOn = [],
            },
            Time = time,
        };
}
