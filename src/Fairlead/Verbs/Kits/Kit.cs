using System.Buffers;

namespace Fairlead.Verbs.Kits;

/// <summary>
/// A folder with everything that a device needs to connect. The files are named as those of the connection kit of AWS IoT, so that
/// samples made for that run unchanged; as XDG_CONFIG_HOME the folder configures mosquitto_pub and mosquitto_sub.
/// </summary>
/// <param name="Folder">Full path.</param>
/// <param name="Name">Thing, or name of the certificate.</param>
internal sealed record Kit(string Folder, string Name)
{
    public const string ConnectFileName = "connect.json";
    public const string RootFileName = "root-CA.crt";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode SecretFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PublicFile = SecretFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly SearchValues<char> FileNameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:");

    public string CertificateFile => Path.Combine(Folder, Name + ".cert.pem");

    public string PrivateKeyFile => Path.Combine(Folder, Name + ".private.key");

    public string PublicKeyFile => Path.Combine(Folder, Name + ".public.key");

    public string RootFile => Path.Combine(Folder, RootFileName);

    public string PolicyFile => Path.Combine(Folder, Name + "-policy.json");

    public string ConnectFile => Path.Combine(Folder, ConnectFileName);

    /// <summary>Whether a name can be part of a file name: nothing that leads elsewhere.</summary>
    public static bool IsFileName(string name) => name.Length is > 0 and <= 128 && name[0] != '.' && !name.AsSpan().ContainsAnyExcept(FileNameCharacters);

    /// <summary>The kit of a name in a folder.</summary>
    public static Kit In(string folder, string name) => IsFileName(name)
        ? new Kit(Path.GetFullPath(folder), name)
        : throw VerbException.Usage($"cannot make a kit for {name}", "the name becomes a file name", "Use letters, digits and . _ - :");

    /// <summary>Refuses to replace a kit that is there.</summary>
    public void CheckAbsent()
    {
        foreach (string file in new[] { PrivateKeyFile, CertificateFile })
        {
            if (File.Exists(file))
                throw new VerbException(ExitCode.Failed, $"cannot write the kit of {Name}", $"{file} exists", "Name another directory with --out, or give --force to replace the kit");
        }
    }

    /// <summary>Makes the folder, which only its owner can enter.</summary>
    public void MakeFolder() => Try(Folder, () =>
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(Folder))
            Directory.CreateDirectory(Folder);
        else
            Directory.CreateDirectory(Folder, OwnerOnly);
    });

    /// <summary>Writes a file that only its owner can read.</summary>
    public void WriteSecret(string file, string content) => Write(file, content, SecretFile, whole: true);

    /// <summary>Writes a file that everybody may read who gets into the folder.</summary>
    public void WritePublic(string file, string content) => Write(file, content, PublicFile, whole: file == CertificateFile);

    // Key and certificate under a second name first: what is there after an interruption is whole. The other files are written anew with them.
    private static void Write(string file, string content, UnixFileMode mode, bool whole) => Try(file, () =>
    {
        string temporary = whole ? file + ".new" : file;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        using (var stream = new FileStream(temporary, options))
            stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
        if (whole)
            File.Move(temporary, file, overwrite: true);
    });

    private static void Try(string path, Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new VerbException(ExitCode.Usage, $"cannot write {path}", exception.Message.ReplaceLineEndings(" ").TrimEnd('.'), "Name a directory that can be written with --out");
        }
    }
}
