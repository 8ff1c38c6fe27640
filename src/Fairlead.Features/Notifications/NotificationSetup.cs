using Fairlead.Features.Notifications.Mail;

namespace Fairlead.Features.Notifications;

/// <summary>What the host gives to notifications.</summary>
/// <param name="Options">Limits.</param>
/// <param name="Mail">Takes mails.</param>
/// <param name="Outbox">The outbox in the data directory.</param>
internal sealed record NotificationSetup(NotificationOptions Options, IMailTransport Mail, IMailOutbox Outbox)
{
    /// <summary>Whether mails go to the outbox, for want of an SMTP server.</summary>
    public bool UsesOutbox => ReferenceEquals(Mail, Outbox);
}
