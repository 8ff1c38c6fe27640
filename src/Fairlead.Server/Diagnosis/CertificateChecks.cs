using System.Security.Cryptography.X509Certificates;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Fairlead.Server.Tls;

namespace Fairlead.Server.Diagnosis;

/// <summary>The certificates that clients are shown, and those that theirs are measured by: how long they are good for.</summary>
internal static class CertificateChecks
{
    private const string Area = "certificates";
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public static IEnumerable<Finding> Run(HubOptions options, TimeProvider time)
    {
        if (options.Listen.All(static url => url.IsPlaintext)) return [Finding.Ok(Area, "no listener uses TLS")];
        var pki = Path.Combine(options.Data, "pki");
        var own = options.Tls.CertificateFile.Length == 0;
        string[] files = [own ? Path.Combine(pki, "server.cert.pem") : options.Tls.CertificateFile, Path.Combine(pki, "ca.cert.pem"), options.Tls.ClientCaFile];
        // The hub renews what it made itself; the rest is for people.
        return files.Where(static file => file.Length > 0 && File.Exists(file)).SelectMany(file => Of(file, own && file == files[0], time.GetUtcNow()));
    }

    private static IEnumerable<Finding> Of(string file, bool renews, DateTimeOffset now)
    {
        X509Certificate2Collection certificates;
        try
        {
            certificates = CertificateFiles.LoadAll(file);
        }
        catch (HubStartException exception)
        {
            return [Finding.Fail(Area, exception.Message, "replace the file by one with a certificate in PEM form")];
        }

        return certificates.Select(certificate =>
        {
            var until = new DateTimeOffset(certificate.NotAfter);
            var cure = renews ? "start the hub: it makes a new one" : $"renew it in {file}; a running hub reads it within seconds";
            var text = $"{certificate.Subject} in {file} is good until {until:yyyy-MM-dd}";
            if (new DateTimeOffset(certificate.NotBefore) > now) return Finding.Fail(Area, $"{certificate.Subject} in {file} is good from {certificate.NotBefore:yyyy-MM-dd} on", "set the clock, or wait");
            if (until <= now) return Finding.Fail(Area, $"{certificate.Subject} in {file} has ended on {until:yyyy-MM-dd}", cure);
            return until - now < Soon ? Finding.Warn(Area, text, cure) : Finding.Ok(Area, text);
        });
    }
}
