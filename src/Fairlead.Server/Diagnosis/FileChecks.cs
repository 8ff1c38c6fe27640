using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;

namespace Fairlead.Server.Diagnosis;

/// <summary>The files that the configuration names, and who may read those that hold secrets.</summary>
internal static class FileChecks
{
    private const string Area = "files";
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    public static IEnumerable<Finding> Run(HubOptions options)
    {
        yield return Finding.Ok("configuration", $"valid; settings that differ from their defaults: {options.Effective.Count(static one => one.Origin != "default")}");
        yield return Named(options);
        if (OperatingSystem.IsWindows()) yield break;
        var wide = Secrets(options).Where(File.Exists).Select(static file => (file, Mode: Open(new FileInfo(file)))).Where(static one => one.Mode != UnixFileMode.None).ToList();
        foreach (var (file, mode) in wide)
        {
            yield return (mode & Others) != UnixFileMode.None
                ? Finding.Fail(Area, $"everybody on this machine may read or write {file}", $"chmod 600 {file}")
                : Finding.Warn(Area, $"the group of {file} may read or write it", $"chmod 600 {file}, unless the group is meant to");
        }

        if (Directory.Exists(options.Data) && Open(new DirectoryInfo(options.Data)) != UnixFileMode.None)
            yield return Finding.Warn(Area, $"others than its owner may enter {options.Data}", $"chmod 700 {options.Data}");
        else if (wide.Count == 0)
            yield return Finding.Ok(Area, "keys, tokens and users are readable for their owner alone");
    }

    private static Finding Named(HubOptions options)
    {
        try
        {
            HubFiles.Check(options);
            return Finding.Ok(Area, "all that the configuration names can be read");
        }
        catch (Exception exception) when (exception is HubStartException or IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(Area, exception.Message.ReplaceLineEndings(" "), "give the file that is meant, readable for this user");
        }
    }

    private static UnixFileMode Open(FileSystemInfo entry) => entry.UnixFileMode & (Group | Others);

    private static IEnumerable<string> Secrets(HubOptions options)
    {
        foreach (var name in new[] { "admin.token", "users.json", "console-users.json", "console-sessions.json", "fairlead.db", "events.db" }) yield return Path.Combine(options.Data, name);
        foreach (var name in new[] { "ca.key.pem", "server.key.pem" }) yield return Path.Combine(options.Data, "pki", name);
        if (options.Tls.KeyFile.Length > 0) yield return options.Tls.KeyFile;
        if (options.Auth.UsersFile.Length > 0) yield return options.Auth.UsersFile;
    }
}
