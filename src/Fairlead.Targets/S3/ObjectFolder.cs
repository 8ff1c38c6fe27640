namespace Fairlead.Targets.S3;

/// <summary>
/// Objects as files: <c>ROOT/BUCKET/KEY</c>. An object appears whole or not at all: it is written beside the buckets and then renamed.
/// The canned access control list becomes the mode of the file.
/// </summary>
internal sealed class ObjectFolder(string root) : IObjectStore
{
    private readonly string _root = Path.GetFullPath(root);

    // No bucket starts with a dot.
    private readonly string _incoming = Path.Combine(Path.GetFullPath(root), ".incoming");

    /// <inheritdoc/>
    public async ValueTask PutAsync(S3Call call, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(Path.Combine(_root, call.Bucket, call.Key));
        if (!path.StartsWith(Path.Combine(_root, call.Bucket) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            call.Fail($"the key '{call.Key}' leaves its bucket {call.Bucket}");
            return;
        }

        var temporary = Path.Combine(_incoming, Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(_incoming);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await WriteAsync(temporary, call, cancellationToken).ConfigureAwait(false);
            File.Move(temporary, path, overwrite: true);
            call.Succeed();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            Conclude(call, path, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static async Task WriteAsync(string path, S3Call call, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        await using (file.ConfigureAwait(false))
        {
            // The mode of the list counts as it is, without the mask of the process.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file.SafeFileHandle, ModeOf(call.Acl));
            await file.WriteAsync(call.Payload, cancellationToken).ConfigureAwait(false);
        }
    }

    private static UnixFileMode ModeOf(string? acl)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return acl switch
        {
            null or "private" or "bucket-owner-full-control" => Owner,
            "bucket-owner-read" or "aws-exec-read" or "log-delivery-write" or "authenticated-read" => Owner | UnixFileMode.GroupRead,
            "public-read" => Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            _ => Owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite,
        };
    }

    private static void Conclude(S3Call call, string path, Exception exception)
    {
        var what = $"cannot write object '{call.Key}' of bucket {call.Bucket}";
        // What stands in the way stays there: an object where a folder is needed, or the other way around.
        if (Directory.Exists(path)) call.Fail($"{what}: there are objects below '{call.Key}/'");
        else if (exception is UnauthorizedAccessException) call.Fail($"{what}: the hub may not write there");
        else call.FailForNow($"{what}: {exception.Message}");
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It was never made, or the disk is gone: the failure itself is what gets told.
        }
    }
}
