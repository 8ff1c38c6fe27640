namespace Fairlead.Features.Notifications.Mail;

/// <summary>A mail to one receiver.</summary>
/// <param name="FromName">Name of the sender; its address is the transport's to know.</param>
/// <param name="To">Address of the receiver.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">Body.</param>
internal sealed record MailMessage(string FromName, string To, string Subject, string Text)
{
    /// <summary>Id that is the same in every try, so that mailboxes can tell a repetition.</summary>
    public required string Id { get; init; }

    /// <summary>When what it tells happened.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Where a POST ends the subscription (RFC 8058); null when there is none yet.</summary>
    public string? UnsubscribeUrl { get; init; }
}
