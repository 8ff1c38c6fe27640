using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Interop.Aws.Certificates;

/// <summary>Keys, requests and certificates made by openssl, in a folder of their own.</summary>
public sealed class OpenSsl : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-openssl-");

    /// <summary>A file of the folder.</summary>
    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <summary>Id of a certificate file: lower-case hexadecimal SHA-256 of its DER.</summary>
    public string IdOf(string file)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(this[file]);
        return Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
    }

    public string Read(string file) => File.ReadAllText(this[file]);

    public void Write(string file, string text) => File.WriteAllText(this[file], text);

    /// <summary>Runs openssl in the folder.</summary>
    public Task RunAsync(params string[] arguments) => TalkAsync("", arguments);

    /// <summary>Runs openssl in the folder, gives it an input and returns what it wrote.</summary>
    public async Task<string> TalkAsync(string input, params string[] arguments)
    {
        Requirements.NeedProgram("openssl");
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Deadline);
        process.ExitCode.ShouldBe(0, $"openssl {string.Join(' ', arguments)}: {await errors}");
        return await output;
    }

    /// <summary>A key of its own: <c>NAME.key</c>.</summary>
    public Task KeyAsync(string name, string curve = "prime256v1") =>
        RunAsync("ecparam", "-name", curve, "-genkey", "-noout", "-out", $"{name}.key");

    /// <summary>A signing request with a new key: <c>NAME.csr</c>, <c>NAME.key</c>.</summary>
    public async Task RequestAsync(string name, string subject)
    {
        await KeyAsync(name);
        await RunAsync("req", "-new", "-key", $"{name}.key", "-subj", subject, "-out", $"{name}.csr");
    }

    /// <summary>An authority: <c>NAME.pem</c>, <c>NAME.key</c>.</summary>
    public async Task AuthorityAsync(string name, string subject)
    {
        await KeyAsync(name);
        await RunAsync("req", "-x509", "-new", "-key", $"{name}.key", "-subj", subject, "-days", "3650", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", $"{name}.pem");
    }

    /// <summary>A certificate that an authority issues: <c>NAME.pem</c>, <c>NAME.key</c>, and <c>NAME.chain.pem</c> with the authority's behind it.</summary>
    public async Task IssueAsync(string authority, string name, string subject, int days = 365)
    {
        await RequestAsync(name, subject);
        await RunAsync("x509", "-req", "-in", $"{name}.csr", "-CA", $"{authority}.pem", "-CAkey", $"{authority}.key", "-CAcreateserial", "-days", $"{days}", "-sha256", "-out", $"{name}.pem");
        Write($"{name}.chain.pem", Read($"{name}.pem") + Read($"{authority}.pem"));
    }

    /// <summary>A certificate that is valid in 2040 alone.</summary>
    public async Task IssueForLaterAsync(string authority, string name, string subject)
    {
        await RequestAsync(name, subject);
        Write("index.txt", "");
        Write(
            "ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n");
        await RunAsync(
            "ca", "-batch", "-config", "ca.cnf", "-cert", $"{authority}.pem", "-keyfile", $"{authority}.key", "-in", $"{name}.csr", "-notext",
            "-startdate", "20400101000000Z", "-enddate", "20410101000000Z", "-out", $"{name}.pem");
        Write($"{name}.chain.pem", Read($"{name}.pem") + Read($"{authority}.pem"));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
