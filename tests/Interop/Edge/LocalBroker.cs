using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>A stock mosquitto on loopback, plain, or with TLS and client certificates as a cloud would have it.</summary>
public sealed class LocalBroker : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-edge-broker-").FullName;
    private readonly bool _tls;
    private Process? _process;

    private LocalBroker(bool tls) => _tls = tls;

    public int Port { get; } = FreePort.Take();

    public Uri Url => new($"mqtt://127.0.0.1:{Port}");

    public string CaFile => Path.Combine(_folder, "ca.pem");

    public string Certificate(string name) => Path.Combine(_folder, $"{name}.pem");

    public string Key(string name) => Path.Combine(_folder, $"{name}.key");

    /// <summary>Makes a broker that is not running yet.</summary>
    public static LocalBroker Create(bool tls = false, string authority = "Edge test CA")
    {
        if (!IsInstalled()) Assert.Skip("mosquitto is missing: apt-get install mosquitto.");
        var broker = new LocalBroker(tls);
        if (tls) broker.MakeCertificates(authority);
        string security = tls
            ? $"cafile {broker.CaFile}\ncertfile {broker.Certificate("server")}\nkeyfile {broker.Key("server")}\nrequire_certificate true\ntls_version tlsv1.2"
            : "";
        File.WriteAllText(Path.Combine(broker._folder, "conf"), $"user root\nlog_dest stderr\nlog_type all\nallow_anonymous true\nlistener {broker.Port} 127.0.0.1\n{security}\n");
        return broker;
    }

    public async Task<LocalBroker> StartAsync()
    {
        string program = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
        _process = Process.Start(new ProcessStartInfo(program, ["-c", Path.Combine(_folder, "conf")]) { RedirectStandardError = true, UseShellExecute = false })!;
        using var deadline = new CancellationTokenSource(EdgeRun.Patience);
        while (true)
        {
            string line = await _process.StandardError.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("mosquitto ended at its start");
            if (line.EndsWith(" running", StringComparison.Ordinal)) break;
        }

        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        return this;
    }

    public async Task KillAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsInstalled() =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Append("/usr/sbin").Any(static folder => File.Exists(Path.Combine(folder, "mosquitto")));

    private void MakeCertificates(string authority)
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={authority}", caKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var ca = request.CreateSelfSigned(from, from.AddYears(70));
        File.WriteAllText(CaFile, ca.ExportCertificatePem());
        foreach (var (name, subject) in new[] { ("server", "CN=server"), ("device", "CN=test:device") })
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var leaf = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            leaf.CertificateExtensions.Add(names.Build());
            using var signed = leaf.Create(ca, from.AddDays(1), from.AddYears(69), RandomNumberGenerator.GetBytes(8));
            File.WriteAllText(Certificate(name), signed.ExportCertificatePem());
            File.WriteAllText(Key(name), key.ExportPkcs8PrivateKeyPem());
        }
    }
}
