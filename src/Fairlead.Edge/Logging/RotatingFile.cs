using System.Globalization;
using System.IO.Compression;
using Fairlead.Edge.Configuration;

namespace Fairlead.Edge.Logging;

/// <summary>
/// A log file that is put aside at a size, compressed, and kept up to a number and an age (spec section 15). Names of rotated files carry
/// local time: <c>edge-2026-11-20T20-48-49.529.log.gz</c>.
/// </summary>
internal sealed class RotatingFile : ILogSink
{
    private const string Stamp = "yyyy-MM-ddTHH-mm-ss.fff";

    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly string _path;
    private FileStream _file;

    /// <summary>Opens the file, and makes its directory.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public RotatingFile(LogOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _path = Path.GetFullPath(options.File!);
        if (Path.GetDirectoryName(_path) is { Length: > 0 } directory) Directory.CreateDirectory(directory);
        _file = Open();
        Prune();
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> lines)
    {
        if (_file.Length > 0 && _file.Length + lines.Length > _options.MaximumBytes) Rotate();
        _file.Write(lines);
        _file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private FileStream Open() => new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    private void Rotate()
    {
        _file.Dispose();
        try
        {
            var now = TimeZoneInfo.ConvertTime(_time.GetUtcNow(), _time.LocalTimeZone);
            string aside = Path.Combine(
                Path.GetDirectoryName(_path)!,
                $"{Path.GetFileNameWithoutExtension(_path)}-{now.ToString(Stamp, CultureInfo.InvariantCulture)}{Path.GetExtension(_path)}");
            File.Move(_path, aside, overwrite: true);
            using (var from = File.OpenRead(aside))
            using (var to = new GZipStream(File.Create(aside + ".gz"), CompressionLevel.Optimal))
                from.CopyTo(to);
            File.Delete(aside);
        }
        finally
        {
            // Whatever went wrong with the old file, lines go on.
            _file = Open();
        }

        Prune();
    }

    private void Prune()
    {
        string pattern = $"{Path.GetFileNameWithoutExtension(_path)}-*{Path.GetExtension(_path)}.gz";
        var rotated = new DirectoryInfo(Path.GetDirectoryName(_path)!).GetFiles(pattern).OrderByDescending(static file => file.Name, StringComparer.Ordinal).ToList();
        var oldest = _time.GetUtcNow() - _options.MaximumAge;
        for (int i = 0; i < rotated.Count; i++)
        {
            bool old = _options.MaximumAge > TimeSpan.Zero && new DateTimeOffset(rotated[i].LastWriteTimeUtc) < oldest;
            if (i >= _options.MaximumFiles || old) rotated[i].Delete();
        }
    }
}
