using System.CommandLine;
using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Messaging;

/// <summary>TLS with the names of mosquitto's tools.</summary>
internal sealed class TlsFlags
{
    private readonly Option<string?> _caFile = new("--cafile") { Description = "PEM file with the CA certificates to trust; turns TLS on.", HelpName = "file" };
    private readonly Option<bool> _osCerts = new("--tls-use-os-certs") { Description = "Trust the CA certificates of this machine; turns TLS on." };
    private readonly Option<string?> _cert = new("--cert") { Description = "PEM file with the client certificate.", HelpName = "file" };
    private readonly Option<string?> _key = new("--key") { Description = "PEM file with its private key.", HelpName = "file" };
    private readonly Option<string[]> _alpn = new("--alpn", "--tls-alpn") { Description = "Protocol to ask for by ALPN, such as mqtt or x-amzn-mqtt-ca.", HelpName = "protocol" };
    private readonly Option<string?> _serverName = new("--servername") { Description = "Name for SNI and the certificate check instead of the host.", HelpName = "name" };
    private readonly Option<bool> _insecure = new("--insecure")
    {
        Description = "Do not check the name in the server's certificate; without --cafile accept any certificate; turns TLS on. For tests only.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _caFile, _osCerts, _cert, _key, _alpn, _serverName, _insecure })
            command.Options.Add(option);
    }

    /// <summary>Whether a flag is given that means TLS without a URL that says so.</summary>
    public bool AsksForTls(ParseResult result) =>
        result.GetValue(_caFile) is not null
        || result.GetValue(_osCerts)
        || result.GetValue(_cert) is not null
        || result.GetValue(_insecure)
        || result.GetValue(_alpn) is { Length: > 0 };

    public TlsOptions Read(ParseResult result)
    {
        bool insecure = result.GetValue(_insecure);
        string? caFile = result.GetValue(_caFile);
        if (caFile is not null && result.GetValue(_osCerts))
            throw VerbException.Usage("cannot choose whom to trust", "--cafile and --tls-use-os-certs exclude each other", "Give one of them");
        return new TlsOptions
        {
            CaFile = caFile,
            CertificateFile = result.GetValue(_cert),
            KeyFile = result.GetValue(_key),
            Alpn = result.GetValue(_alpn) ?? [],
            ServerName = result.GetValue(_serverName),
            VerifyName = !insecure,
            VerifyChain = !insecure || caFile is not null,
        };
    }
}
