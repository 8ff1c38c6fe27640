namespace Fairlead.Targets.Mail;

/// <summary>How the way to the SMTP server is kept secret.</summary>
public enum SmtpSecurity
{
    /// <summary>STARTTLS, and nothing without it.</summary>
    StartTls,

    /// <summary>TLS from the first byte, as on port 465.</summary>
    Tls,

    /// <summary>Not at all: for a server on this machine.</summary>
    None,
}
