using System.Security.Cryptography;
using Fairlead.Server.Hosting;
using Fairlead.Storage;

namespace Fairlead.Server.Backup;

/// <summary>
/// What a data directory held at one moment, ready to be packed: copies of the databases and of the small files, in a directory of its own
/// below the data directory, which goes away with it.
/// </summary>
internal sealed class BackupSnapshot : IDisposable
{
    private const string Prefix = ".backup-";
    private const int MostFiles = 10_000;
    private const long LargestFile = 64 * 1024 * 1024; // keys, certificates and users; databases are not among them

    /// <summary>Small files of a data directory; a directory stands for the files in it. Logs, mails and sessions of the console are not kept.</summary>
    private static readonly string[] Small = ["admin.token", "users.json", "console-users.json", "pki", "secrets"];

    private readonly string _data;
    private readonly string _folder;
    private readonly List<BackupEntry> _entries = [];

    private BackupSnapshot(string data)
    {
        _data = data;
        _folder = Path.Combine(data, Prefix + Guid.NewGuid().ToString("n"));
    }

    /// <summary>The manifest.</summary>
    public BackupManifest Manifest { get; private set; } = null!;

    /// <summary>Copies everything.</summary>
    /// <param name="data">Data directory.</param>
    /// <param name="copy">Copies a database, named first, into an empty file, named second.</param>
    /// <param name="outside">Files that the configuration names outside the data directory.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    public static async Task<BackupSnapshot> TakeAsync(
        string data, Func<string, string, CancellationToken, Task> copy, IReadOnlyList<string> outside, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var snapshot = new BackupSnapshot(data);
        try
        {
            DataDirectory.Ensure(snapshot._folder);
            var formats = new Dictionary<string, int>(StringComparer.Ordinal) { [StoredData.Names[0]] = StoredData.StoreVersion, [StoredData.Names[1]] = StoredData.EventsVersion };
            foreach (var name in StoredData.Names)
            {
                if (!File.Exists(Path.Combine(data, name)))
                {
                    formats.Remove(name);
                    continue;
                }

                await using (DataDirectory.CreateSecret(snapshot.PathOf(name)))
                {
                }

                await copy(name, snapshot.PathOf(name), cancellationToken);
                await snapshot.AddAsync(name, isPublic: false, cancellationToken);
            }

            foreach (var name in Small) await snapshot.AddSmallAsync(name, cancellationToken);
            snapshot.Manifest = new BackupManifest(
                BackupManifest.CurrentFormat, typeof(BackupSnapshot).Assembly.GetName().Version?.ToString(3) ?? "", now, formats, snapshot._entries, outside);
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>Removes what an earlier process that was killed left behind.</summary>
    public static void RemoveLeftovers(string data)
    {
        foreach (var folder in Directory.EnumerateDirectories(data, Prefix + "*"))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It costs room, no more; the next start tries again.
            }
        }
    }

    /// <summary>Opens one of its files.</summary>
    public FileStream Open(BackupEntry entry) => File.OpenRead(PathOf(entry.Path));

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As in RemoveLeftovers.
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private async Task AddSmallAsync(string name, CancellationToken cancellationToken)
    {
        var source = Path.Combine(_data, name);
        IEnumerable<string> files = Directory.Exists(source) ? Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories) : File.Exists(source) ? [source] : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            if (_entries.Count == MostFiles) throw new IOException($"there are more than {MostFiles} files in {source}");
            var info = new FileInfo(file);
            if (info.Length > LargestFile) throw new IOException($"{file} has {info.Length} bytes; files of keys, certificates and users have {LargestFile} at most");
            var path = Path.GetRelativePath(_data, file).Replace(Path.DirectorySeparatorChar, '/');
            DataDirectory.Ensure(Path.GetDirectoryName(PathOf(path))!);
            await using (var target = DataDirectory.CreateSecret(PathOf(path)))
            await using (var from = File.OpenRead(file))
            {
                await from.CopyToAsync(target, cancellationToken);
            }

            await AddAsync(path, !OperatingSystem.IsWindows() && info.UnixFileMode.HasFlag(UnixFileMode.OtherRead), cancellationToken);
        }
    }

    private async Task AddAsync(string path, bool isPublic, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(PathOf(path));
        var hash = await SHA256.HashDataAsync(file, cancellationToken);
        _entries.Add(new BackupEntry(path, file.Length, Convert.ToHexStringLower(hash), isPublic));
    }
}
