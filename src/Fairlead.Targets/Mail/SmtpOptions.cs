namespace Fairlead.Targets.Mail;

/// <summary>Where mails go, and the bounds of the outbox that takes them when no server is configured.</summary>
public sealed class SmtpOptions
{
    /// <summary>Name or address of the server; empty puts mails into the outbox.</summary>
    public string Host { get; set; } = "";

    /// <summary>Port of the server.</summary>
    public int Port { get; set; } = 587;

    /// <summary>How the way to it is kept secret.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>User name; empty sends without logging in.</summary>
    public string User { get; set; } = "";

    /// <summary>Password of the user.</summary>
    public string Password { get; set; } = "";

    /// <summary>Address of the sender. The topic's name goes before it.</summary>
    public string From { get; set; } = "";

    /// <summary>Authorities in PEM form that the server's certificate may come from, in place of those of the machine; empty for those.</summary>
    public string CaFile { get; set; } = "";

    /// <summary>Most mails in the outbox; over it the oldest goes.</summary>
    public int OutboxFiles { get; set; } = 1_000;

    /// <summary>Most bytes of mails in the outbox; over it the oldest goes.</summary>
    public long OutboxBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Address of the sender; in the outbox one that says which machine it was.</summary>
    internal string Sender => From.Length > 0 ? From : $"notifications@{Environment.MachineName.ToLowerInvariant()}";

    /// <summary>What is wrong with these options together; null for nothing.</summary>
    public string? Problem()
    {
        if (From.Length > 0 && !MimeKit.MailboxAddress.TryParse(From, out _)) return $"Smtp:From = '{From}' must be a mail address";
        if (Host.Length == 0) return null;
        if (From.Length == 0) return "Smtp:From must be given with Smtp:Host: mail servers refuse mails from nobody";
        if (User.Length > 0 != Password.Length > 0) return "Smtp:User and Smtp:Password belong together: give both or neither";
        return User.Length > 0 && Security == SmtpSecurity.None && Host is not ("localhost" or "127.0.0.1" or "::1")
            ? "Smtp:User with Smtp:Security=none would send the password in the clear: use starttls or tls"
            : null;
    }
}
