namespace Fairlead.Verbs;

/// <summary>Reads what a command line names.</summary>
internal static class Files
{
    /// <summary>All bytes of a file, or of standard input for <c>-</c>.</summary>
    public static async Task<byte[]> ReadAsync(string path, Terminal terminal, string what, CancellationToken cancellationToken)
    {
        try
        {
            if (path != "-")
                return await File.ReadAllBytesAsync(path, cancellationToken);
            using var bytes = new MemoryStream();
            await terminal.Input.CopyToAsync(bytes, cancellationToken);
            return bytes.ToArray();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw VerbException.Usage($"cannot read {what} in {path}", Problem(path, exception), "Name a file that can be read, or - for standard input");
        }
    }

    /// <summary>The same as text.</summary>
    public static async Task<string> ReadTextAsync(string path, Terminal terminal, string what, CancellationToken cancellationToken) =>
        System.Text.Encoding.UTF8.GetString(await ReadAsync(path, terminal, what, cancellationToken));

    /// <summary>Why a file cannot be used, without the file's name, which is told already.</summary>
    public static string Problem(string path, Exception exception) =>
        Directory.Exists(path) ? "it is a directory"
        : !File.Exists(path) ? "the file does not exist"
        : exception is UnauthorizedAccessException ? "this user may not read it"
        : exception.Message.ReplaceLineEndings(" ").TrimEnd('.');
}
