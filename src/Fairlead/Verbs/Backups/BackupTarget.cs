namespace Fairlead.Verbs.Backups;

/// <summary>Where a backup goes: standard output, or a file that gets its name when it is whole.</summary>
internal sealed class BackupTarget : IAsyncDisposable
{
    private readonly string? _path;
    private readonly string? _temporary;
    private bool _kept;

    private BackupTarget(Stream stream, string? path, string? temporary) => (Stream, _path, _temporary) = (stream, path, temporary);

    public Stream Stream { get; }

    /// <exception cref="VerbException">The file cannot be made.</exception>
    public static BackupTarget Open(string file, Terminal terminal)
    {
        if (file == "-")
            return new BackupTarget(terminal.Output, null, null);
        string temporary = $"{file}.{Environment.ProcessId}.new";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new BackupTarget(new FileStream(temporary, options), file, temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw VerbException.Usage($"cannot write {file}", exception.Message.ReplaceLineEndings(" ").TrimEnd('.'), "Name a file in a directory that this user may write to");
        }
    }

    /// <summary>The backup is whole: on the disk first, then under its name.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        await Stream.FlushAsync(cancellationToken);
        if (Stream is not FileStream file || _temporary is null)
            return;
        file.Flush(flushToDisk: true);
        await file.DisposeAsync();
        File.Move(_temporary, _path!, overwrite: true);
        _kept = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_temporary is null || _kept)
            return;
        await Stream.DisposeAsync();
        File.Delete(_temporary);
    }
}
