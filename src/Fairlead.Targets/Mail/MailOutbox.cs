using System.Buffers;
using System.Globalization;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Mail;
using MimeKit;

namespace Fairlead.Targets.Mail;

/// <summary>
/// Takes mails as files of the data directory when no SMTP server is configured, so that a hub can be tried without one. Bounded in number
/// and bytes; over the bound the oldest goes.
/// </summary>
/// <param name="directory">Where the files lie; made with the first mail.</param>
/// <param name="options">Bounds.</param>
internal sealed class MailOutbox(string directory, SmtpOptions options) : IMailTransport, IMailOutbox, IDisposable
{
    private const string Extension = ".eml";
    private const int ShortId = 8;
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> SendAsync(MailMessage mail, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var message = MailComposer.Compose(mail, options.Sender);
            Directory.CreateDirectory(directory);
            // The name is the same in every try: a repetition replaces its forerunner.
            var name = $"{mail.Date.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture)}-{string.Join('-', mail.Id.Split('.').Select(static part => part[..Math.Min(ShortId, part.Length)]))}";
            var file = Path.Combine(directory, name + Extension);
            await WriteAsync(message, file + ".new", cancellationToken).ConfigureAwait(false);
            File.Move(file + ".new", file, overwrite: true);
            Trim();
            return DeliveryOutcome.Delivered;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return DeliveryOutcome.Transient($"the outbox takes nothing: {fault.Message}");
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _changing.Dispose();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredMail>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<StoredMail>();
        foreach (var file in Files().AsEnumerable().Reverse())
        {
            if (await LoadAsync(file, withText: false, cancellationToken).ConfigureAwait(false) is { } mail) found.Add(mail);
        }

        return found;
    }

    /// <inheritdoc/>
    public async Task<StoredMail?> FindAsync(string id, CancellationToken cancellationToken) =>
        FileOf(id) is { } file ? await LoadAsync(file, withText: true, cancellationToken).ConfigureAwait(false) : null;

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return FileOf(id) is { } file ? await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false) : null;
        }
        catch (IOException)
        {
            // It went while it was looked for.
            return null;
        }
    }

    private static async Task WriteAsync(MimeMessage message, string file, CancellationToken cancellationToken)
    {
        var opening = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) opening.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var stream = new FileStream(file, opening);
        await using (stream.ConfigureAwait(false))
        {
            await message.WriteToAsync(stream, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
        }
    }

    private static async Task<StoredMail?> LoadAsync(FileInfo file, bool withText, CancellationToken cancellationToken)
    {
        try
        {
            using var message = await MimeMessage.LoadAsync(file.FullName, cancellationToken).ConfigureAwait(false);
            return new StoredMail(
                Path.GetFileNameWithoutExtension(file.Name), message.Date.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                message.From.ToString(), message.To.ToString(), message.Subject ?? "", file.Length, withText ? message.TextBody?.ReplaceLineEndings("\n") ?? "" : null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
        {
            // It went while it was looked for, or is none of ours.
            return null;
        }
    }

    // Names begin with the time: their order is that of the mails.
    private FileInfo[] Files()
    {
        var folder = new DirectoryInfo(directory);
        return folder.Exists ? [.. folder.EnumerateFiles("*" + Extension).OrderBy(static file => file.Name, StringComparer.Ordinal)] : [];
    }

    private FileInfo? FileOf(string id)
    {
        if (id == "last") return Files().LastOrDefault();
        if (id.Length == 0 || id.AsSpan().ContainsAnyExcept(IdCharacters)) return null;
        var file = new FileInfo(Path.Combine(directory, id + Extension));
        return file.Exists ? file : null;
    }

    private void Trim()
    {
        var files = Files();
        var bytes = files.Sum(static file => file.Length);
        for (var i = 0; i < files.Length - 1 && (files.Length - i > options.OutboxFiles || bytes > options.OutboxBytes); i++)
        {
            bytes -= files[i].Length;
            files[i].Delete();
        }
    }
}
