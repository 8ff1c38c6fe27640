using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Features.Certificates;

/// <summary>Signs the certificates of devices with the hub's own authority.</summary>
internal interface IDeviceAuthority
{
    /// <summary>Makes a certificate that is good for proving a client's identity and for nothing else.</summary>
    /// <param name="subject">Subject.</param>
    /// <param name="key">The device's public key.</param>
    /// <param name="notAfter">End of validity.</param>
    /// <returns>DER.</returns>
    byte[] Sign(X500DistinguishedName subject, PublicKey key, DateTimeOffset notAfter);
}
