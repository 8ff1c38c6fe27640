using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Features.Certificates;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Fairlead.Server.Tls;
using Fairlead.Unit.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

public sealed class CertificateTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_first_start_makes_an_authority_and_a_server_certificate_that_later_starts_use()
    {
        var first = Open();
        var serial = Leaf(first).SerialNumber;
        Leaf(Open()).SerialNumber.ShouldBe(serial);
        CertificateAuthority.Open(_directory.Path, TimeProvider.System).IsNew.ShouldBeFalse();
        Leaf(first).MatchesHostname("localhost").ShouldBeTrue();
        Leaf(first).MatchesHostname("127.0.0.1").ShouldBeTrue();
        Leaf(first).MatchesHostname(Environment.MachineName).ShouldBeTrue();
        Leaf(first).MatchesHostname("elsewhere").ShouldBeFalse();
    }

    [Fact]
    public void Keys_are_for_their_owner_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        _ = Open();
        var pki = Path.Combine(_directory.Path, "pki");
        File.GetUnixFileMode(pki).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var key in Directory.GetFiles(pki, "*.key.pem"))
            File.GetUnixFileMode(key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_new_name_and_the_coming_end_make_a_new_server_certificate()
    {
        var time = new ManualTimeProvider();
        var serial = Leaf(Open(time)).SerialNumber;
        var options = Options();
        options.Tls.Names = ["hub.example"];
        var renamed = Leaf(Open(options, time));
        renamed.SerialNumber.ShouldNotBe(serial);
        renamed.MatchesHostname("hub.example").ShouldBeTrue();

        var running = Open(options, time);
        running.CheckExpiry();
        Leaf(running).SerialNumber.ShouldBe(renamed.SerialNumber);
        time.Advance(TimeSpan.FromDays(380));
        running.CheckExpiry();
        Leaf(running).SerialNumber.ShouldNotBe(renamed.SerialNumber);
    }

    [Fact]
    public void A_device_certificate_can_prove_a_client_and_no_server_and_may_outlive_its_authority()
    {
        var authority = CertificateAuthority.Open(_directory.Path, TimeProvider.System);
        using var certificate = Sign(authority, "CN=localhost");
        certificate.NotAfter.ShouldBeGreaterThan(authority.Certificate.NotAfter);
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Single().Value.ShouldBe("1.3.6.1.5.5.7.3.2");
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority.ShouldBeFalse();
        using var chain = new X509Chain
        {
            ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        chain.ChainPolicy.CustomTrustStore.Add(authority.Certificate);
        chain.Build(certificate).ShouldBeTrue();
    }

    [Fact]
    public void Only_authorities_of_the_file_are_trusted_and_only_when_unregistered_certificates_are_allowed()
    {
        using var elsewhere = new TemporaryDirectory();
        var stranger = CertificateAuthority.Open(elsewhere.Path, TimeProvider.System);
        var own = CertificateAuthority.Open(_directory.Path, TimeProvider.System);
        using var theirs = Sign(stranger, "CN=lamp1");
        using var ours = Sign(own, "CN=lamp1");
        var options = Options();
        options.Tls.ClientCaFile = _directory.Write("both.pem", File.ReadAllText(stranger.File) + File.ReadAllText(own.File));
        Open(options).TrustsClients.ShouldBeFalse();
        options.Certificates.AllowsUnregistered = true;
        var certificates = Open(options);
        certificates.TrustsClients.ShouldBeTrue();
        IsTrusted(certificates, theirs).ShouldBeTrue();
        // What the hub has issued is for the registry to judge, whatever stands in the file.
        IsTrusted(certificates, ours).ShouldBeFalse();
    }

    [Fact]
    public void A_reload_takes_what_is_new_and_keeps_what_was_when_the_files_are_broken()
    {
        var authority = CertificateAuthority.Open(_directory.Path, TimeProvider.System);
        var options = Options();
        options.Tls.CertificateFile = Path.Combine(_directory.Path, "mine.pem");
        options.Tls.KeyFile = Path.Combine(_directory.Path, "mine.key");
        Issue("one");
        var certificates = Open(options);
        Issue("two");
        certificates.Reload();
        Leaf(certificates).Subject.ShouldBe("CN=two");
        File.WriteAllText(options.Tls.CertificateFile, "nothing");
        certificates.Reload();
        Leaf(certificates).Subject.ShouldBe("CN=two");

        void Issue(string name)
        {
            var (certificate, key) = authority.IssueServer([name]);
            CertificateFiles.Save(options.Tls.CertificateFile, certificate, options.Tls.KeyFile, key);
        }
    }

    [Fact]
    public void A_broken_file_is_named_with_what_is_wrong()
    {
        var authority = CertificateAuthority.Open(_directory.Path, TimeProvider.System);
        var (first, firstKey) = authority.IssueServer(["one"]);
        var (_, secondKey) = authority.IssueServer(["two"]);
        var certificate = _directory.Write("c.pem", first.ExportCertificatePem());
        var key = _directory.Write("k.pem", firstKey.ExportPkcs8PrivateKeyPem());
        CertificateFiles.Load(certificate, key, "").Leaf.HasPrivateKey.ShouldBeTrue();

        var other = _directory.Write("other.pem", secondKey.ExportPkcs8PrivateKeyPem());
        Problem(certificate, other).ShouldContain($"the private key in {other} does not belong to the certificate in {certificate}");
        Problem(certificate, "/nonexistent").ShouldBe("the private key file /nonexistent does not exist");
        Problem("/nonexistent", key).ShouldBe("the certificate file /nonexistent does not exist");
        Problem(_directory.Write("empty.pem", ""), key).ShouldContain("holds no certificate in PEM form");
        Problem(certificate, certificate).ShouldContain($"{certificate} holds no private key in PEM form");
        var locked = _directory.Write(
            "locked.pem",
            firstKey.ExportEncryptedPkcs8PrivateKeyPem(
                "word", new(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes256Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000)));
        Problem(certificate, locked).ShouldContain("is encrypted: give its password with Tls:KeyPassword_FILE");
        Problem(certificate, locked, "wrong").ShouldContain("cannot be decrypted");
        CertificateFiles.Load(certificate, locked, "word").Leaf.HasPrivateKey.ShouldBeTrue();
    }

    private static X509Certificate2 Sign(IDeviceAuthority authority, string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var der = authority.Sign(new X500DistinguishedName(subject), new PublicKey(key), DateTimeOffset.UtcNow.AddYears(60));
        return X509CertificateLoader.LoadCertificate(der);
    }

    private static bool IsTrusted(ServerCertificates certificates, X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = certificates.NewClientPolicy() };
        return chain.Build(certificate);
    }

    private static X509Certificate2 Leaf(ServerCertificates certificates) => certificates.Current.TargetCertificate;

    private static string Problem(string certificate, string key, string password = "") =>
        Should.Throw<HubStartException>(() => CertificateFiles.Load(certificate, key, password)).Message;

    private HubOptions Options() => new() { Data = _directory.Path };

    private ServerCertificates Open(TimeProvider? time = null) => Open(Options(), time);

    private static ServerCertificates Open(HubOptions options, TimeProvider? time = null) =>
        new(options, CertificateAuthority.Open(options.Data, time ?? TimeProvider.System), time ?? TimeProvider.System, NullLogger.Instance);
}
