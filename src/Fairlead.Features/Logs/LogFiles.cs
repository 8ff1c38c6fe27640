using System.Text;

namespace Fairlead.Features.Logs;

/// <summary>
/// The structured log on the disk: <c>events.jsonl</c> grows to its limit, then it becomes <c>events.1.jsonl</c> and so on; the oldest
/// goes. One writer; readers come and go.
/// </summary>
internal sealed class LogFiles(string directory, long limit, int count) : IDisposable
{
    private FileStream? _present;

    /// <summary>Appends a line. The caller flushes.</summary>
    public void Append(ReadOnlySpan<byte> line)
    {
        if (directory.Length == 0) return;
        if (_present is not null && _present.Length + line.Length + 1 > limit) Turn();
        _present ??= Open();
        _present.Write(line);
        _present.WriteByte((byte)'\n');
    }

    /// <summary>Hands what was appended to the operating system.</summary>
    public void Flush() => _present?.Flush();

    /// <summary>Lines from the newest file to the oldest, the lines of each in their order.</summary>
    public IEnumerable<IReadOnlyList<string>> FilesFromNewest()
    {
        if (directory.Length == 0) yield break;
        for (var i = 0; i < count; i++)
        {
            // A file that has just been renamed is read under its next name, or not at all: nothing is worse than a line too few.
            if (!File.Exists(PathOf(i))) yield break;
            yield return Read(PathOf(i));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _present?.Dispose();
        _present = null;
    }

    private static List<string> Read(string path)
    {
        var lines = new List<string>();
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, Encoding.UTF8);
            while (reader.ReadLine() is { } line)
                if (line is ['{', .., '}']) lines.Add(line);
        }
        catch (IOException)
        {
            // It was turned away meanwhile.
        }

        return lines;
    }

    private string PathOf(int number) => Path.Combine(directory, number == 0 ? "events.jsonl" : $"events.{number}.jsonl");

    private FileStream Open()
    {
        Directory.CreateDirectory(directory);
        return new FileStream(PathOf(0), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 64 * 1024);
    }

    private void Turn()
    {
        Dispose();
        File.Delete(PathOf(count - 1));
        for (var i = count - 2; i >= 0; i--)
        {
            if (File.Exists(PathOf(i))) File.Move(PathOf(i), PathOf(i + 1), overwrite: true);
        }
    }
}
