using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Fairlead.Edge.Commands;

/// <summary>
/// Keeps requests from the time they are acknowledged remotely until the local broker has them (spec section 12): a file each, because
/// they are few. When the inbox is full, or the disk, requests are simply not acknowledged, and the remote endpoint keeps them.
/// </summary>
internal sealed class CommandInbox
{
    /// <summary>Most requests that wait for the local broker.</summary>
    public const int Limit = 1000;

    private const string Extension = ".command";

    private readonly string _directory;
    private long _last;
    private int _waiting;

    /// <summary>Opens an inbox, and makes its directory.</summary>
    /// <exception cref="IOException">The directory cannot be made or read.</exception>
    public CommandInbox(string directory)
    {
        _directory = directory;
        Directory.CreateDirectory(directory);
        foreach (string file in Directory.EnumerateFiles(directory, "*" + Extension))
        {
            _waiting++;
            if (long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                _last = Math.Max(_last, number);
        }
    }

    /// <summary>Requests that wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Keeps a request.</summary>
    /// <returns>Its name in the inbox; null when it could not be kept.</returns>
    public string? TryKeep(IReadOnlyList<string> topics, ReadOnlySpan<byte> payload)
    {
        if (Waiting >= Limit) return null;
        string name = Path.Combine(_directory, Interlocked.Increment(ref _last).ToString("D19", CultureInfo.InvariantCulture) + Extension);
        try
        {
            byte[] head = Encoding.UTF8.GetBytes(string.Join('\n', topics));
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, head.Length);
            using (var file = new FileStream(name + ".new", FileMode.Create, FileAccess.Write))
            {
                file.Write(length);
                file.Write(head);
                file.Write(payload);
                file.Flush(flushToDisk: true);
            }

            File.Move(name + ".new", name);
            Interlocked.Increment(ref _waiting);
            return name;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The local broker has it.</summary>
    public void Forget(string name)
    {
        Interlocked.Decrement(ref _waiting);
        try
        {
            File.Delete(name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It will be published once more after a restart: at least once.
        }
    }

    /// <summary>What waited when the last process ended, oldest first. A file that cannot be read is passed over.</summary>
    public IEnumerable<(string Name, string[] Topics, byte[] Payload)> ReadAll()
    {
        foreach (string name in Directory.EnumerateFiles(_directory, "*" + Extension).Order(StringComparer.Ordinal).ToList())
        {
            if (Read(name) is { } entry) yield return entry;
        }
    }

    private static (string Name, string[] Topics, byte[] Payload)? Read(string name)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(name);
            int length = bytes.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32BigEndian(bytes);
            if (length < 0 || length > bytes.Length - sizeof(int)) return null;
            return (name, Encoding.UTF8.GetString(bytes, sizeof(int), length).Split('\n'), bytes[(sizeof(int) + length)..]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
