using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>A <c>mosquitto</c> broker with a plain, a TLS and a WebSocket listener on loopback; <c>denied/#</c> may not be written.</summary>
public sealed class MosquittoBroker : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-mosquitto-").FullName;
    private Process? _process;

    public int Port { get; } = FreePort.Take();

    public int TlsPort { get; } = FreePort.Take();

    public int WebSocketPort { get; } = FreePort.Take();

    public string CaFile => Path.Combine(_folder, "ca.pem");

    public IReadOnlyList<string> Plain => ["-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture)];

    public IReadOnlyList<string> Connection(string route) => route switch
    {
        "tcp" => Plain,
        "ws" => ["-L", $"ws://127.0.0.1:{WebSocketPort}/mqtt"],
        _ =>
        [
            "-h", "localhost", "-p", TlsPort.ToString(CultureInfo.InvariantCulture), "--cafile", CaFile,
            "--cert", Path.Combine(_folder, "client.pem"), "--key", Path.Combine(_folder, "client.key"),
        ],
    };

    public async ValueTask InitializeAsync()
    {
        if (!IsInstalled())
            return;
        MakeCertificates();
        await File.WriteAllTextAsync(Path.Combine(_folder, "acl"), "topic readwrite #\ntopic deny denied/#\n");
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "conf"),
            $"""
            user root
            log_dest stderr
            log_type all
            allow_anonymous true
            acl_file {_folder}/acl
            listener {Port} 127.0.0.1
            listener {WebSocketPort} 127.0.0.1
            protocol websockets
            listener {TlsPort} 127.0.0.1
            cafile {CaFile}
            certfile {_folder}/server.pem
            keyfile {_folder}/server.key
            require_certificate true

            """);
        await StartAsync();
    }

    /// <summary>Skips the test when the broker is not on the machine.</summary>
    public void Need()
    {
        Requirements.NeedMosquittoTools();
        if (_process is null)
            Assert.Skip("mosquitto is missing: apt-get install mosquitto.");
    }

    /// <summary>Kills it without a word and starts it anew on the same ports.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsInstalled() =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, "mosquitto")));

    private async Task StartAsync()
    {
        string program = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
        _process = Process.Start(new ProcessStartInfo(program, ["-c", Path.Combine(_folder, "conf")]) { RedirectStandardError = true, UseShellExecute = false })!;
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        while (true)
        {
            string line = await _process.StandardError.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("mosquitto ended at its start");
            if (line.EndsWith(" running", StringComparison.Ordinal))
                break;
        }

        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    private async Task KillAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private void MakeCertificates()
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test CA", caKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var ca = request.CreateSelfSigned(from, from.AddYears(70));
        File.WriteAllText(CaFile, ca.ExportCertificatePem());
        foreach (string name in new[] { "server", "client" })
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var leaf = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            leaf.CertificateExtensions.Add(names.Build());
            using var signed = leaf.Create(ca, from.AddDays(1), from.AddYears(69), RandomNumberGenerator.GetBytes(8));
            File.WriteAllText(Path.Combine(_folder, $"{name}.pem"), signed.ExportCertificatePem());
            File.WriteAllText(Path.Combine(_folder, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        }
    }
}
