using System.Security.Authentication;

namespace Fairlead.Server.Listeners;

/// <summary>Turns what the TLS library says about a failed handshake into a sentence with a cure.</summary>
internal static class TlsFailure
{
    // What OpenSSL writes, from its own error table, and what it means here.
    private static readonly (string Part, string Sentence)[] Known =
    [
        ("unknown ca", "the client does not trust the authority of this hub's certificate: give the client the file ca.cert.pem of the pki directory"),
        ("certificate unknown", "the client refused this hub's certificate: check the authority it trusts, the name it asks for and its clock"),
        ("bad certificate", "the client refused this hub's certificate: check the authority it trusts and the name it asks for"),
        ("certificate expired", "the client found this hub's certificate expired: check the client's clock"),
        ("did not return a certificate", "the client sent no certificate, and this listener requires one"),
        ("no shared cipher", "the client and this hub have no cipher suite in common"),
        ("unsupported protocol", "the client speaks no TLS version that this hub allows (Tls:MinimumVersion)"),
        ("no application protocol", "the client offers by ALPN none of x-amzn-mqtt-ca, mqtt and http/1.1"),
        ("EVP lib", "the certificates that the client sent do not belong together: the signature of one does not fit the next"),
        ("wrong version number", "the client's bytes are not TLS"),
        ("http request", "the client sent an HTTP request in the clear"),
    ];

    /// <summary>Explains.</summary>
    public static string Explain(Exception exception)
    {
        var text = Flatten(exception);
        foreach (var (part, sentence) in Known)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase)) return sentence;
        }

        return exception is AuthenticationException
            ? text
            : "the client closed the connection during the handshake: often it does not trust this hub's certificate, or needs none of its protocols";
    }

    private static string Flatten(Exception exception)
    {
        var parts = new List<string>();
        for (var at = exception; at is not null; at = at.InnerException) parts.Add(at.Message.ReplaceLineEndings(" ").Trim());
        return string.Join(": ", parts);
    }
}
