using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using static Fairlead.Server.Configuration.SettingFactory;

namespace Fairlead.Server.Configuration;

/// <summary>Settings of the certificates that the hub makes for devices.</summary>
internal static class CertificateSettings
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Setting> All() =>
    [
        new ScalarSetting<string>(
            "Certificates:Subject", "Subject of the certificates whose key the hub makes. Those made from a signing request keep its subject.",
            "a distinguished name such as CN=AWS IoT Certificate", static text => (IsName(text), text), static value => value,
            static o => o.Certificates.Subject, static (o, v) => o.Certificates.Subject = v, literal: false),
        new ScalarSetting<DateTimeOffset>(
            "Certificates:ValidUntil", "Last second for which the hub makes certificates.", "a time such as 2049-12-31T23:59:59Z",
            static text => (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value), value),
            static value => value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            static o => o.Certificates.ValidUntil, static (o, v) => o.Certificates.ValidUntil = v, literal: false),
        Time(
            "Certificates:Life", "Longest life of a certificate that the hub makes; 0 for until Certificates:ValidUntil.", TimeSpan.Zero, TimeSpan.FromDays(36_500),
            static o => o.Certificates.Life, static (o, v) => o.Certificates.Life = v),
    ];

    private static bool IsName(string text)
    {
        try
        {
            return new X500DistinguishedName(text).RawData.Length > 2;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
