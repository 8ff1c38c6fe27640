using Fairlead.Features.Notifications.Delivery;

namespace Fairlead.Features.Notifications.Mail;

/// <summary>Takes mails: an SMTP server, or the outbox in the data directory.</summary>
internal interface IMailTransport
{
    /// <summary>Hands over one mail; one try.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <returns>
    /// Delivered once the server has taken responsibility for it; refused when it answered RCPT or DATA with 5xx; transient for everything
    /// else.
    /// </returns>
    Task<DeliveryOutcome> SendAsync(MailMessage mail, CancellationToken cancellationToken);
}
