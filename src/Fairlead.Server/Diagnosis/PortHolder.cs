using System.Globalization;

namespace Fairlead.Server.Diagnosis;

/// <summary>Finds out which process listens on a port, from what Linux tells about processes of this user.</summary>
internal static class PortHolder
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>The process, such as <c>mosquitto (process 812)</c>; null when it is another user's, or not to be found.</summary>
    public static string? Find(int port)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var sockets = Tables.Where(File.Exists).SelectMany(file => Inodes(file, port)).Select(static inode => $"socket:[{inode}]").ToHashSet(StringComparer.Ordinal);
        if (sockets.Count == 0) return null;
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(static path => Path.GetFileName(path).All(char.IsAsciiDigit)))
        {
            if (Holds(process, sockets)) return $"{Name(process)} (process {Path.GetFileName(process)})";
        }

        return null;
    }

    // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode; see proc(5).
    private static IEnumerable<string> Inodes(string file, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return File.ReadLines(file).Skip(1).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal)).Select(static fields => fields[9]);
    }

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")).Any(entry => File.ResolveLinkTarget(entry, returnFinalTarget: false) is { } target && sockets.Contains(target.Name));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Name(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "a process";
        }
    }
}
