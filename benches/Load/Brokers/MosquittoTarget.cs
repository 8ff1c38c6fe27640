using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Load.Brokers;

// Debian's mosquitto. Its defaults hold, except: queues without limit (the scenarios bound what is outstanding, and 100,000 messages for an
// absent session would not fit), logging of errors and warnings only, and, when durable, its database written every second, as often as it can.
internal sealed class MosquittoTarget(string version) : Target
{
    internal static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    internal override string Name => "mosquitto";

    internal override string Version { get; } = version;

    internal override BrokerProcess Start(StartOptions options)
    {
        int port = FindFreePort();
        int securePort = options.Secure ? FindFreePort() : 0;
        string configuration = Path.Combine(options.Data, "mosquitto.conf");
        File.WriteAllLines(configuration,
        [
            $"listener {port} 127.0.0.1",
            "allow_anonymous true",
            $"user {Environment.UserName}",
            "max_queued_messages 0",
            "max_queued_bytes 0",
            "log_type error",
            "log_type warning",
            .. options.Durable
                ? (string[])["persistence true", $"persistence_location {options.Data}/", "autosave_interval 1"]
                : ["persistence false"],
            .. options.Secure ? Secure(securePort, options.Data) : [],
        ]);
        BrokerProcess broker = BrokerProcess.Launch(Name, ["mosquitto", "-c", configuration], new Dictionary<string, string>(StringComparer.Ordinal));
        try
        {
            broker.Port = port;
            broker.SecurePort = securePort;
            broker.WaitForPort(StartTimeout);
            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    internal override X509Certificate2 CreateDevice(BrokerProcess broker, string data)
    {
        using X509Certificate2 authority = X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(data, "authority.p12"), null);
        return DeviceIdentity.Issue(authority, "CN=device");
    }

    private static string[] Secure(int port, string data)
    {
        using X509Certificate2 authority = DeviceIdentity.CreateAuthority();
        using X509Certificate2 server = DeviceIdentity.Issue(authority, "CN=localhost");
        File.WriteAllBytes(Path.Combine(data, "authority.p12"), authority.Export(X509ContentType.Pkcs12));
        File.WriteAllText(Path.Combine(data, "ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(data, "server.pem"), server.ExportCertificatePem());
        using ECDsa key = server.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(data, "server.key"), key.ExportPkcs8PrivateKeyPem());
        return
        [
            $"listener {port} 127.0.0.1",
            $"cafile {data}/ca.pem",
            $"certfile {data}/server.pem",
            $"keyfile {data}/server.key",
            "require_certificate true",
            "use_identity_as_username true",
        ];
    }
}
