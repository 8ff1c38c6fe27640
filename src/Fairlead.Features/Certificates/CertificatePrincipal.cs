using Fairlead.Broker.Security;

namespace Fairlead.Features.Certificates;

/// <summary>Identities that clients prove by certificate.</summary>
internal static class CertificatePrincipal
{
    /// <summary>Kind of registered certificates: they have policies.</summary>
    public const string Kind = "certificate";

    /// <summary>Kind of certificates that nobody registered and that the setting lets in: they have no policies and may do what users may.</summary>
    public const string UnregisteredKind = "unregistered-certificate";

    /// <summary>A registered certificate.</summary>
    public static Principal Of(string id) => new(Kind, id);

    /// <summary>A certificate that nobody registered.</summary>
    public static Principal OfUnregistered(string id) => new(UnregisteredKind, id);
}
