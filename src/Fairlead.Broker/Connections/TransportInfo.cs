using System.Net;

namespace Fairlead.Broker.Connections;

/// <summary>What the listener knows about a connection; the broker sees transports through this alone.</summary>
public sealed record TransportInfo
{
    /// <summary>Name of the listener, such as <c>mqtts://0.0.0.0:8883</c>.</summary>
    public required string Listener { get; init; }

    /// <summary><c>mqtt</c>, <c>mqtts</c>, <c>ws</c> or <c>wss</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Address of the client; null when the transport has none.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>Address on our side.</summary>
    public EndPoint? LocalEndPoint { get; init; }

    /// <summary>Lower-case hexadecimal SHA-256 of the client certificate's DER; null without one.</summary>
    public string? CertificateId { get; init; }

    /// <summary>Subject of the client certificate, for the log; null without one.</summary>
    public string? CertificateSubject { get; init; }

    /// <summary>The client's certificate and those that it sent along, until it was judged at CONNECT; empty without one.</summary>
    public PeerCertificates CertificateChain { get; init; } = PeerCertificates.None;

    /// <summary>Whether an authority that the listener was told to trust issued the client's certificate.</summary>
    public bool IsCertificateTrusted { get; init; }

    /// <summary>Identity that the transport has proved already, such as by a signed WebSocket request; null when CONNECT has to prove one.</summary>
    public Security.Principal? Identity { get; init; }

    /// <summary>Headers of the HTTP request that opened a WebSocket, names in lower case; null elsewhere.</summary>
    public IReadOnlyDictionary<string, string>? HttpHeaders { get; init; }

    /// <summary>Query string of that request with its question mark; null elsewhere.</summary>
    public string? HttpQuery { get; init; }

    /// <summary>TLS version, such as <c>TLS 1.3</c>; null for plain connections.</summary>
    public string? TlsVersion { get; init; }

    /// <summary>Host name that the client asked for (SNI); null when none.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether both ends are loopback addresses.</summary>
    public bool IsLoopback { get; init; }

    /// <summary>
    /// After the input has ended: whether the client ended it in an orderly way of the transport that stands for a DISCONNECT (AWS: a
    /// WebSocket Close frame does, a TCP FIN does not; spec/aws-messaging 1.7). Null where the transport has no such way.
    /// </summary>
    public Func<bool>? ClosedByClient { get; init; }

    /// <summary>Ends the transport at once, without flushing.</summary>
    public required Action<string> Abort { get; init; }
}
