using System.Security.Cryptography;
using System.Text;
using Fairlead.Features.Api;

namespace Fairlead.Features.Certificates;

/// <summary>Ids of certificates: 64 hexadecimal digits.</summary>
internal static class CertificateId
{
    private const int Digits = 64;

    /// <summary>Takes an id as a caller wrote it.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static string Parse(string text) => text.Length == Digits && text.All(char.IsAsciiHexDigit)
        ? text.ToLowerInvariant()
        : throw ApiException.InvalidRequest($"a certificate id is {Digits} hexadecimal digits");

    /// <summary>The id that tells two registrations of one certificate apart.</summary>
    public static string Generation(string id, long createdAt) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{id}/{createdAt}")).AsSpan(0, 16)).ToString();
}
