using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Features.Certificates;

/// <summary>Which keys devices and authorities may have: RSA of 2048 bits and more, NIST P-256, P-384, P-521 (spec/aws-registry-and-policies, section 6).</summary>
internal static class KeyStrength
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const int LeastRsaBits = 2048;

    // Longer ones make each handshake a burden on the hub and serve nobody.
    private const int MostRsaBits = 8192;

    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    /// <summary>What is wrong with a key, as half a sentence; null for nothing.</summary>
    public static string? ProblemOf(PublicKey key)
    {
        try
        {
            switch (key.Oid.Value)
            {
                case Rsa:
                    using (var rsa = key.GetRSAPublicKey())
                    {
                        return rsa is { KeySize: >= LeastRsaBits and <= MostRsaBits }
                            ? null
                            : $"its RSA key has {rsa?.KeySize ?? 0} bits; {LeastRsaBits} to {MostRsaBits} are accepted";
                    }

                case EllipticCurve:
                    using (var ecdsa = key.GetECDsaPublicKey())
                    {
                        var curve = ecdsa?.ExportParameters(includePrivateParameters: false).Curve;
                        return curve is { IsNamed: true } named && Curves.Contains(CurveId(named.Oid))
                            ? null
                            : "its key is on another curve than NIST P-256, P-384 and P-521";
                    }

                default:
                    return "its key is neither RSA nor on a NIST curve";
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            return "its key is damaged";
        }
    }

    private static string CurveId(Oid curve) => curve.Value ?? new Oid(curve.FriendlyName!).Value ?? "";
}
