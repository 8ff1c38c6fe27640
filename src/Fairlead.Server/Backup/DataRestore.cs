using System.Globalization;
using Fairlead.Broker.Durability;
using Fairlead.Server.Hosting;
using Fairlead.Storage;

namespace Fairlead.Server.Backup;

/// <summary>
/// Puts a backup into a data directory. Everything is unpacked and checked in a directory of its own below it, and only then moved to its
/// place: a restore that fails leaves what was there.
/// </summary>
public sealed class DataRestore(string data, TimeProvider time)
{
    private const string KeptPrefix = "before-restore-";

    /// <summary>Name of the directory that a restore works in. While it is there the restore has not ended, and no hub starts.</summary>
    internal const string WorkName = ".restoring";

    /// <summary>Directory that what was there before is kept in; null when there was nothing.</summary>
    public string? Kept { get; private set; }

    private string Work => Path.Combine(data, WorkName);

    /// <summary>Whether there is something in the data directory already, besides what earlier restores kept aside.</summary>
    public bool IsEmpty => !Directory.Exists(data) || !Present().Any();

    /// <summary>Restores.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="replace">Whether what is there may be put aside.</param>
    /// <param name="progress">Told how many bytes were unpacked; null for nobody.</param>
    /// <param name="cancellationToken">Gives up; nothing has changed then.</param>
    /// <exception cref="BackupException">The archive is damaged or too new, the directory not empty or in use, or the disk too small.</exception>
    public async Task<BackupManifest> RestoreAsync(Stream source, bool replace, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        try
        {
            CheckPlace(replace);
            DataDirectory.Ensure(data);
            if (Directory.Exists(Work)) Directory.Delete(Work, recursive: true);
            DataDirectory.Ensure(Work);
            BackupManifest manifest;
            try
            {
                manifest = await BackupArchive.ReadAsync(source, CheckRoom, Open, progress, cancellationToken);
            }
            catch
            {
                Directory.Delete(Work, recursive: true);
                throw;
            }

            PutAside();
            foreach (var entry in Directory.EnumerateFileSystemEntries(Work)) Move(entry, data);
            // From here on a hub starts.
            Directory.Delete(Work);
            return manifest;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or HubStartException)
        {
            throw new BackupException(exception.Message.ReplaceLineEndings(" ").TrimEnd('.'), $"Make {data} writable for this user, and room on its disk", exception);
        }
    }

    /// <summary>Refuses to start a hub on a data directory that a restore left half done.</summary>
    /// <exception cref="HubStartException">It did.</exception>
    internal static void CheckComplete(string data)
    {
        if (Directory.Exists(Path.Combine(data, WorkName)))
            throw new HubStartException($"{data} holds a restore that did not end: run 'fairlead hub restore FILE --data {data} --yes' again, or remove {Path.Combine(data, WorkName)} when the rest is what you want");
    }

    private static void Move(string entry, string directory)
    {
        var target = Path.Combine(directory, Path.GetFileName(entry));
        if (Directory.Exists(entry)) Directory.Move(entry, target);
        else File.Move(entry, target);
    }

    private void CheckPlace(bool replace)
    {
        if (IsEmpty) return;
        if (!replace) throw new BackupException($"{data} is not empty", "Name an empty directory with --data, or give --yes: what is there is then kept aside in it");
        bool used;
        try
        {
            used = StoredData.IsInUse(data);
        }
        catch (StoreException)
        {
            // Damaged, or of a newer version: that may be why somebody restores. It is put aside as it is.
            used = false;
        }

        if (used) throw new BackupException($"a hub runs on {data}", "Stop it first");
    }

    private void CheckRoom(BackupManifest manifest)
    {
        var free = new DriveInfo(Path.GetFullPath(data)).AvailableFreeSpace;
        if (manifest.Bytes > free)
            throw new BackupException($"the backup has {manifest.Bytes} bytes, and {free} are free in {data}", "Make room, or name a directory on another disk with --data");
    }

    private FileStream Open(BackupEntry entry)
    {
        var path = Path.Combine(Work, entry.Path);
        DataDirectory.Ensure(Path.GetDirectoryName(path)!);
        return entry.Public ? DataDirectory.CreatePublic(path) : DataDirectory.CreateSecret(path);
    }

    private void PutAside()
    {
        string[] present = [.. Present()];
        if (present.Length == 0) return;
        Kept = Path.Combine(data, KeptPrefix + time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture));
        DataDirectory.Ensure(Kept);
        foreach (var entry in present) Move(entry, Kept);
    }

    // A file system's own directory is no data.
    private IEnumerable<string> Present() => Directory.EnumerateFileSystemEntries(data).Where(static entry =>
        Path.GetFileName(entry) is var name && name is not (WorkName or "lost+found") && !name.StartsWith(KeptPrefix, StringComparison.Ordinal));
}
