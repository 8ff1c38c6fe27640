using Fairlead.Targets.Mail;
using static Fairlead.Server.Configuration.SettingFactory;

namespace Fairlead.Server.Configuration;

/// <summary>Settings of notifications and of the mails that carry them.</summary>
internal static class NotificationSettings
{
    private const long MiB = 1024 * 1024;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>All of them.</summary>
    public static IEnumerable<Setting> All() => [.. Sns(), .. Smtp()];

    private static IEnumerable<Setting> Sns() =>
    [
        Text(
            "Sns:PublicUrl", "Address of the hub in the links of mails and notifications.", "an http or https address such as https://hub.example.org:8443",
            static o => o.Notifications.PublicUrl, static (o, v) => o.Notifications.PublicUrl = v, defaultText: "the tls listener by Aws:EndpointHost or the name of the machine"),
        Flag(
            "Sns:StrictMessageStructure",
            "Whether the sns action of a rule with messageFormat JSON fails when the message has no \"default\" text; otherwise the message goes out as it is, with a warning.",
            static o => o.Notifications.StrictMessageStructure, static (o, v) => o.Notifications.StrictMessageStructure = v),
        Number(
            "Sns:MaximumPending", "Deliveries that may wait, retries included; over it the oldest is dropped and counted.", "deliveries", 1, 1_000_000,
            static o => o.Notifications.MostPending, static (o, v) => o.Notifications.MostPending = (int)v),
        Size(
            "Sns:MaximumPendingBytes", "Bytes of messages that may wait; over it the oldest is dropped and counted.", MiB, 16 * 1024 * MiB,
            static o => o.Notifications.MostPendingBytes, static (o, v) => o.Notifications.MostPendingBytes = v),
        Number(
            "Sns:MaximumPendingPerSubscription", "Deliveries that may wait for one subscription; over it its oldest is dropped and counted.", "deliveries", 1, 1_000_000,
            static o => o.Notifications.MostPendingPerSubscription, static (o, v) => o.Notifications.MostPendingPerSubscription = (int)v),
        Time(
            "Sns:Timeout", "Time that one try of a delivery by http, https or lambda may take.", Second, TimeSpan.FromMinutes(5),
            static o => o.Notifications.Timeout, static (o, v) => o.Notifications.Timeout = v),
        Time(
            "Sns:TokenLife", "Life of the link that confirms a subscription; one that nobody confirmed goes with it.", Second, TimeSpan.FromDays(365),
            static o => o.Notifications.TokenLife, static (o, v) => o.Notifications.TokenLife = v),
    ];

    private static IEnumerable<Setting> Smtp() =>
    [
        Text(
            "Smtp:Host", "SMTP server that takes the mails; without one they go to the outbox, which 'fairlead outbox' reads.", "a host name or address",
            static o => o.Smtp.Host, static (o, v) => o.Smtp.Host = v, defaultText: "none"),
        Number("Smtp:Port", "Port of the SMTP server.", "", 1, 65_535, static o => o.Smtp.Port, static (o, v) => o.Smtp.Port = (int)v),
        Choice(
            "Smtp:Security", "How the way to the SMTP server is kept secret: starttls refuses to go on without it, tls begins with it, none is for a server on this machine.",
            [("starttls", SmtpSecurity.StartTls), ("tls", SmtpSecurity.Tls), ("none", SmtpSecurity.None)],
            static o => o.Smtp.Security, static (o, v) => o.Smtp.Security = v),
        Text(
            "Smtp:User", "User name at the SMTP server.", "a text",
            static o => o.Smtp.User, static (o, v) => o.Smtp.User = v, defaultText: "none: without logging in"),
        Text(
            "Smtp:Password", "Password at the SMTP server.", "a text",
            static o => o.Smtp.Password, static (o, v) => o.Smtp.Password = v, secret: true, defaultText: "none"),
        Text(
            "Smtp:From", "Address that mails come from; must be given with Smtp:Host.", "a mail address",
            static o => o.Smtp.From, static (o, v) => o.Smtp.From = v, defaultText: "notifications@ and the name of the machine"),
        Text(
            "Smtp:CaFile", "Authorities in PEM form that the SMTP server's certificate may come from, in place of those of the machine.", "a file",
            static o => o.Smtp.CaFile, static (o, v) => o.Smtp.CaFile = v, defaultText: "none"),
        Time(
            "Smtp:Timeout", "Time that one try of a mail may take.", Second, TimeSpan.FromMinutes(10),
            static o => o.Notifications.MailTimeout, static (o, v) => o.Notifications.MailTimeout = v),
        Number(
            "Smtp:Tries", "Tries of a mail in all.", "tries", 1, 20,
            static o => o.Notifications.MailTries, static (o, v) => o.Notifications.MailTries = (int)v),
        Time(
            "Smtp:RetryDelay", "Wait before the second try of a mail; each further wait is four times as long, at most an hour.", Second, TimeSpan.FromHours(1),
            static o => o.Notifications.MailRetryDelay, static (o, v) => o.Notifications.MailRetryDelay = v),
        Number(
            "Smtp:OutboxFiles", "Mails that the outbox keeps; over it the oldest goes.", "mails", 1, 1_000_000,
            static o => o.Smtp.OutboxFiles, static (o, v) => o.Smtp.OutboxFiles = (int)v),
        Size(
            "Smtp:OutboxBytes", "Bytes that the outbox keeps; over it the oldest mail goes.", MiB, 16 * 1024 * MiB,
            static o => o.Smtp.OutboxBytes, static (o, v) => o.Smtp.OutboxBytes = v),
    ];
}
