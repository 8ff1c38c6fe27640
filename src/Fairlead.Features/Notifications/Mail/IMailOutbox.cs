namespace Fairlead.Features.Notifications.Mail;

/// <summary>The mails that lie in the data directory because no SMTP server is configured.</summary>
internal interface IMailOutbox
{
    /// <summary>All of them, newest first.</summary>
    Task<IReadOnlyList<StoredMail>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One of them with its text; null when it is not there.</summary>
    /// <param name="id">Its id, or <c>last</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<StoredMail?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>One of them as it lies in its file; null when it is not there.</summary>
    /// <param name="id">Its id, or <c>last</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<byte[]?> ReadAsync(string id, CancellationToken cancellationToken);
}

/// <summary>A mail in the outbox.</summary>
/// <param name="Id">Name of its file without <c>.eml</c>.</param>
/// <param name="Date">Its date, RFC 3339.</param>
/// <param name="From">Sender.</param>
/// <param name="To">Receiver.</param>
/// <param name="Subject">Subject.</param>
/// <param name="Bytes">Size of its file.</param>
/// <param name="Text">Body; null in lists.</param>
internal sealed record StoredMail(string Id, string Date, string From, string To, string Subject, long Bytes, string? Text);
