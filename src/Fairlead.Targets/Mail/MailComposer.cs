using Fairlead.Features.Notifications.Mail;
using MimeKit;

namespace Fairlead.Targets.Mail;

/// <summary>Makes a MIME message of a mail.</summary>
internal static class MailComposer
{
    // RFC 5322, section 2.1.1: longest line without its end.
    private const int LongestLine = 998;

    /// <summary>Makes it.</summary>
    public static MimeMessage Compose(MailMessage mail, string sender)
    {
        var from = MailboxAddress.Parse(sender);
        from.Name = mail.FromName;
        var message = new MimeMessage
        {
            Subject = mail.Subject,
            Date = mail.Date,
            MessageId = $"{mail.Id}@{from.Domain}",
            Body = new TextPart("plain") { Text = mail.Text },
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress("", mail.To));
        // Nobody's "I am on holiday" shall answer (RFC 3834).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.UnsubscribeUrl is { } url)
        {
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{url}>");
            message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }

        message.Prepare(EncodingConstraint.SevenBit, LongestLine);
        return message;
    }
}
