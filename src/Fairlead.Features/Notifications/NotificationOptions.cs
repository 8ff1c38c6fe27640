namespace Fairlead.Features.Notifications;

/// <summary>Limits of notifications, and how their links are written.</summary>
public sealed class NotificationOptions
{
    /// <summary>Whether the <c>sns</c> action of a rule fails when its format is JSON and the message has no <c>default</c> (decision U19).</summary>
    public bool StrictMessageStructure { get; set; }

    /// <summary>Address of this hub in links, such as <c>https://hub.example.org:8443</c>; empty for one made of the listeners.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Most deliveries that wait; over it the oldest is dropped and counted.</summary>
    public int MostPending { get; set; } = 10_000;

    /// <summary>Most bytes of messages that wait; over it the oldest is dropped and counted.</summary>
    public long MostPendingBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Most deliveries that wait for one subscription, so that one dead endpoint does not cost the others theirs.</summary>
    public int MostPendingPerSubscription { get; set; } = 1_000;

    /// <summary>How long one try of a delivery by HTTP or by function may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one try of a mail may take.</summary>
    public TimeSpan MailTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Tries of a mail in all.</summary>
    public int MailTries { get; set; } = 3;

    /// <summary>Wait before the second try of a mail; each further wait is four times as long, at most an hour.</summary>
    public TimeSpan MailRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Life of the token in a request to confirm; a subscription that nobody confirmed goes with it.</summary>
    public TimeSpan TokenLife { get; set; } = TimeSpan.FromDays(2);
}
