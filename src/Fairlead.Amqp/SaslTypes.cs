using System.Text;

namespace Fairlead.Amqp;

/// <summary>Names of SASL mechanisms (spec 2.1).</summary>
public static class SaslMechanism
{
    /// <summary>No proof; CBS follows.</summary>
    public const string Anonymous = "ANONYMOUS";

    /// <summary>Treated as anonymous; CBS follows.</summary>
    public const string MsSbCbs = "MSSBCBS";

    /// <summary>Name and password.</summary>
    public const string Plain = "PLAIN";

    /// <summary>The client's TLS certificate.</summary>
    public const string External = "EXTERNAL";
}

/// <summary>How a client authenticates by SASL.</summary>
/// <param name="Mechanism">The mechanism; the server must offer it.</param>
/// <param name="InitialResponse">First bytes sent; null for none.</param>
public sealed record SaslCredential(string Mechanism, ReadOnlyMemory<byte>? InitialResponse)
{
    /// <summary>No proof.</summary>
    public static SaslCredential Anonymous { get; } = new(SaslMechanism.Anonymous, Encoding.ASCII.GetBytes("fairlead"));

    /// <summary>The client's TLS certificate.</summary>
    public static SaslCredential External { get; } = new(SaslMechanism.External, ReadOnlyMemory<byte>.Empty);

    /// <summary>Name and password (RFC 4616).</summary>
    /// <param name="userName">The name.</param>
    /// <param name="password">The password.</param>
    public static SaslCredential Plain(string userName, string password) => new(SaslMechanism.Plain, Encoding.UTF8.GetBytes($"\0{userName}\0{password}"));

    /// <inheritdoc/>
    public override string ToString() => Mechanism; // never the password
}

/// <summary>What a client sends to authenticate; <see cref="ToString"/> shows no secret.</summary>
/// <param name="Mechanism">The mechanism chosen, one of those offered.</param>
/// <param name="Response">Its initial response; empty when there was none.</param>
/// <param name="HostName">The host it means to talk to; null when not given.</param>
public sealed record SaslRequest(string Mechanism, ReadOnlyMemory<byte> Response, string? HostName)
{
    /// <summary>Takes a PLAIN response apart (RFC 4616); false when it is none.</summary>
    /// <param name="userName">The name.</param>
    /// <param name="password">The password.</param>
    public bool TryGetPlain(out string userName, out string password)
    {
        userName = password = "";
        var bytes = Response.Span;
        int first = bytes.IndexOf((byte)0);
        if (first < 0) return false;
        var rest = bytes[(first + 1)..];
        int second = rest.IndexOf((byte)0);
        if (second < 0) return false;
        userName = Encoding.UTF8.GetString(rest[..second]);
        password = Encoding.UTF8.GetString(rest[(second + 1)..]);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Mechanism;
}
