namespace Fairlead.Server.Hosting;

/// <summary>The directory of everything that the hub keeps.</summary>
public static class DataDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a directory that only its owner can enter, unless it exists.</summary>
    /// <exception cref="HubStartException">It cannot be made.</exception>
    public static void Ensure(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else Directory.CreateDirectory(path, OwnerOnly);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HubStartException($"cannot make the directory {path}: {exception.Message} Choose another with --data DIR.", exception);
        }
    }

    /// <summary>Makes a file that only its owner can read; there must be none.</summary>
    public static FileStream CreateSecret(string path) => Create(path, OwnerFile);

    /// <summary>Makes a file that everybody may read; there must be none.</summary>
    public static FileStream CreatePublic(string path) => Create(path, OwnerFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

    /// <summary>Writes a file that only its owner can read, and replaces an older one in one step.</summary>
    public static void WriteSecret(string path, string content) => Write(path, content, OwnerFile);

    /// <summary>Writes a file that everybody may read, and replaces an older one in one step.</summary>
    public static void WritePublic(string path, string content) =>
        Write(path, content, OwnerFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

    private static FileStream Create(string path, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        return new FileStream(path, options);
    }

    // The content is on the disk under a second name before it takes the first: a crash leaves the old file or the new one.
    private static void Write(string path, string content, UnixFileMode mode)
    {
        var temporary = $"{path}.{Environment.ProcessId}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
