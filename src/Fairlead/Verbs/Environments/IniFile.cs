using Fairlead.Server.Hosting;

namespace Fairlead.Verbs.Environments;

/// <summary>Changes single settings of the files that AWS tools keep their profiles in; every other line stays as it is.</summary>
internal static class IniFile
{
    /// <summary>Sets settings in a section, which is made when missing; a value of null takes a setting away.</summary>
    public static void Update(string path, string section, IReadOnlyList<(string Name, string? Value)> settings)
    {
        try
        {
            string[] old = File.Exists(path) ? File.ReadAllLines(path) : [];
            // Through a link, as people keep these files elsewhere and link to them.
            string target = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path;
            DataDirectory.Ensure(Path.GetDirectoryName(target)!);
            DataDirectory.WriteSecret(target, string.Join('\n', Change(old, section, settings)) + "\n");
        }
        catch (Exception exception) when (exception is HubStartException or IOException or UnauthorizedAccessException)
        {
            throw new VerbException(ExitCode.Failed, $"cannot write {path}", exception.Message.TrimEnd('.'), "Check the rights of the file");
        }
    }

    /// <summary>The lines of the file after the change.</summary>
    public static List<string> Change(IReadOnlyList<string> lines, string section, IReadOnlyList<(string Name, string? Value)> settings)
    {
        var result = new List<string>(lines);
        int start = result.FindIndex(line => Section(line) == section);
        if (start < 0)
        {
            if (result.Count > 0 && result[^1].Length > 0)
                result.Add("");
            start = result.Count;
            result.Add($"[{section}]");
        }

        foreach (var (name, value) in settings)
        {
            int end = result.FindIndex(start + 1, static line => Section(line) is not null);
            if (end < 0)
                end = result.Count;
            int at = result.FindIndex(start + 1, end - start - 1, line => Name(line) == name);
            if (at >= 0)
                result.RemoveAt(at);
            if (value is null)
                continue;
            if (at < 0)
            {
                at = end;
                while (at > start + 1 && result[at - 1].Length == 0)
                    at--;
            }

            result.Insert(at, $"{name} = {value}");
        }

        return result;
    }

    private static string? Section(string line)
    {
        string text = line.Trim();
        int end = text.IndexOf(']', StringComparison.Ordinal);
        return text.StartsWith('[') && end > 0 ? text[1..end].Trim() : null;
    }

    // A line that begins with white space belongs to the setting above it.
    private static string? Name(string line)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && !char.IsWhiteSpace(line[0]) && line[0] is not ('#' or ';') ? line[..equals].Trim() : null;
    }
}
