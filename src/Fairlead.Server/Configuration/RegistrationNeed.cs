namespace Fairlead.Server.Configuration;

/// <summary>What becomes of client certificates that nobody registered.</summary>
public enum RegistrationNeed
{
    /// <summary>They are refused.</summary>
    Refuse,

    /// <summary>They are let in when an authority of <c>Tls:ClientCaFile</c> issued them.</summary>
    Allow,
}
