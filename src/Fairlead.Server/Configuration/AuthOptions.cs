namespace Fairlead.Server.Configuration;

/// <summary>Who may connect.</summary>
public sealed class AuthOptions
{
    /// <summary>Whether clients without user name and certificate may connect.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Users file; empty takes <c>users.json</c> of the data directory.</summary>
    public string UsersFile { get; set; } = "";

    /// <summary>Passwords whose verification is remembered, so that a storm of reconnects costs no key derivations.</summary>
    public int PasswordCacheSize { get; set; } = 20_000;
}
