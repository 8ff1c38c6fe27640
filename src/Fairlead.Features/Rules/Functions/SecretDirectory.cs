using System.Collections.Concurrent;

namespace Fairlead.Features.Rules.Functions;

/// <summary>
/// The secrets that <c>get_secret</c> reads: one file each in a directory that is its owner's alone. A file is read again after a minute.
/// </summary>
/// <param name="directory">The directory.</param>
/// <param name="time">Clock.</param>
internal sealed class SecretDirectory(string directory, TimeProvider time)
{
    private const int Largest = 64 * 1024;
    private const int MostKept = 1024;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (byte[] Body, long ReadAt)> _read = new(StringComparer.Ordinal);

    /// <summary>Reads a secret.</summary>
    /// <param name="id">Its name, or an ARN of which the last part is the name.</param>
    /// <param name="body">Its bytes, without a line break at the end.</param>
    /// <param name="problem">Why there are none.</param>
    public bool TryRead(string id, out byte[] body, out string problem)
    {
        body = [];
        problem = "";
        var name = id.StartsWith("arn:", StringComparison.Ordinal) ? id[(id.LastIndexOf(':') + 1)..] : id;
        if (!IsName(name))
        {
            problem = "a secret has a name of letters, digits and the characters . _ + = @ -";
            return false;
        }

        if (_read.TryGetValue(name, out var known) && time.GetElapsedTime(known.ReadAt) < Life)
        {
            body = known.Body;
            return true;
        }

        try
        {
            var file = new FileInfo(Path.Combine(directory, name));
            if (!file.Exists) problem = $"there is no secret {name}";
            else if (file.Length > Largest) problem = $"the secret {name} has more than {Largest} bytes";
            else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.FullName) & OthersMayRead) != UnixFileMode.None)
                problem = $"the file of the secret {name} can be read by others: give it mode 0600";
            if (problem.Length > 0) return false;
            body = File.ReadAllBytes(file.FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"the secret {name} cannot be read";
            return false;
        }

        if (body is [.., (byte)'\n']) body = body.AsSpan().TrimEnd("\r\n"u8).ToArray();
        if (_read.Count >= MostKept) _read.Clear();
        _read[name] = (body, time.GetTimestamp());
        return true;
    }

    private const UnixFileMode OthersMayRead =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 512 && name is not ("." or "..") && !name.AsSpan().ContainsAnyExcept(Characters);

    private static readonly System.Buffers.SearchValues<char> Characters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+=@-");
}
