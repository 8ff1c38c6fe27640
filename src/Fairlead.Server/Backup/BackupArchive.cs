using System.Buffers;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Fairlead.Storage;

namespace Fairlead.Server.Backup;

/// <summary>A backup as a file: tar with gzip, the manifest first. Read as what a stranger may have made.</summary>
public static class BackupArchive
{
    private const int LargestManifest = 4 * 1024 * 1024;
    private const int LargestHeaders = 64 * 1024; // of one entry, extended ones included
    private const int LargestEnd = 1024 * 1024; // zeros behind the last entry
    private const int MostEntries = 20_000;
    private const int LongestPath = 255;
    private const int Block = 512;

    /// <summary>Writes an archive.</summary>
    internal static async Task WriteAsync(BackupSnapshot snapshot, Stream target, CancellationToken cancellationToken)
    {
        // Not disposed of when something fails: a whole archive must not come of half a one.
        var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
        var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(snapshot.Manifest, BackupJson.Default.BackupManifest);
        await AddAsync(BackupManifest.FileName, new MemoryStream(manifest));
        foreach (var entry in snapshot.Manifest.Entries)
        {
            await using var file = snapshot.Open(entry);
            await AddAsync(entry.Path, file);
        }

        await tar.DisposeAsync();
        await gzip.DisposeAsync();

        Task AddAsync(string path, Stream content) => tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, path)
            {
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                ModificationTime = snapshot.Manifest.CreatedAt,
                DataStream = content,
            },
            cancellationToken);
    }

    /// <summary>Reads an archive to its end and checks everything in it.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="progress">Told how many bytes were unpacked; null for nobody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupException">It is damaged, no backup, or of a newer version.</exception>
    public static Task<BackupManifest> VerifyAsync(Stream source, IProgress<long>? progress, CancellationToken cancellationToken) =>
        ReadAsync(source, null, null, progress, cancellationToken);

    /// <summary>Reads an archive.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="begin">Called with the manifest, before the first file; null for nothing.</param>
    /// <param name="open">Makes the file that an entry goes into; null when it goes nowhere.</param>
    /// <param name="progress">Told how many bytes were unpacked; null for nobody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task<BackupManifest> ReadAsync(
        Stream source, Action<BackupManifest>? begin, Func<BackupEntry, FileStream>? open, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        try
        {
            await using var gzip = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
            await using var budget = new BudgetStream(gzip, progress);
            await using var tar = new TarReader(budget, leaveOpen: true);
            var manifest = await ReadManifestAsync(tar, budget, cancellationToken);
            begin?.Invoke(manifest);
            foreach (var entry in manifest.Entries)
            {
                var found = await NextAsync(tar, budget, cancellationToken);
                if (found is null || found.Name != entry.Path || found.Length != entry.Bytes)
                    throw Damaged($"{entry.Path} does not come where its manifest says, or with another size");
                await TakeAsync(found, entry, budget, open, cancellationToken);
            }

            if (await NextAsync(tar, budget, cancellationToken) is { } surplus) throw Damaged($"{Printable(surplus.Name)} is not in its manifest");
            budget.Allow(LargestEnd);
            await budget.CopyToAsync(Stream.Null, cancellationToken);
            return manifest;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or JsonException or FormatException or ArgumentException or OverflowException)
        {
            throw Damaged(exception.Message.ReplaceLineEndings(" ").TrimEnd('.'), exception);
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(TarReader tar, BudgetStream budget, CancellationToken cancellationToken)
    {
        var first = await NextAsync(tar, budget, cancellationToken);
        if (first is not { Name: BackupManifest.FileName, Length: > 0 and <= LargestManifest, DataStream: { } content })
            throw new BackupException($"its first file is not {BackupManifest.FileName}", "Name a file that fairlead hub backup made");
        budget.Allow(first.Length + Block);
        using var document = await JsonDocument.ParseAsync(content, default, cancellationToken);
        // The number first: a manifest of a newer format may look different otherwise.
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("format", out var format) || !format.TryGetInt32(out var number))
            throw Damaged("its manifest names no format");
        if (number > BackupManifest.CurrentFormat) throw TooNew($"the archive has format {number}, this program knows formats up to {BackupManifest.CurrentFormat}");
        var manifest = document.Deserialize(BackupJson.Default.BackupManifest) ?? throw Damaged("its manifest is empty");
        Check(manifest);
        return manifest;
    }

    private static void Check(BackupManifest manifest)
    {
        foreach (var (name, known) in new[] { (StoredData.Names[0], StoredData.StoreVersion), (StoredData.Names[1], StoredData.EventsVersion) })
        {
            if (manifest.Formats.TryGetValue(name, out var version) && version > known)
                throw TooNew($"{name} in it has format {version}, this program knows formats up to {known}");
        }

        if (manifest.Entries.Count > MostEntries) throw Damaged($"its manifest lists {manifest.Entries.Count} files, {MostEntries} are the most");
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var total = 0L;
        foreach (var entry in manifest.Entries)
        {
            if (!IsSafe(entry.Path)) throw Damaged($"'{Printable(entry.Path)}' is not a path below a data directory");
            if (!seen.Add(entry.Path)) throw Damaged($"{entry.Path} is in its manifest twice");
            if (entry.Bytes < 0) throw Damaged($"{entry.Path} has a negative size");
            total = checked(total + entry.Bytes);
        }
    }

    /// <summary>Whether a path leads to a file below the directory that it is put behind, on every system.</summary>
    internal static bool IsSafe(string path) =>
        path.Length is > 0 and <= LongestPath && path != BackupManifest.FileName
        && Array.TrueForAll(path.Split('/'), static part => part.Length > 0 && part is not ("." or "..") && part.AsSpan().IndexOfAny('\\', ':') < 0 && !part.Any(char.IsControl));

    private static async Task<TarEntry?> NextAsync(TarReader tar, BudgetStream budget, CancellationToken cancellationToken)
    {
        budget.Allow(LargestHeaders);
        var entry = await tar.GetNextEntryAsync(copyData: false, cancellationToken);
        // Links, devices and directories have no place in a backup.
        if (entry is not null && entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            throw Damaged($"{Printable(entry.Name)} is not a file but a {entry.EntryType}");
        return entry;
    }

    private static async Task TakeAsync(TarEntry found, BackupEntry entry, BudgetStream budget, Func<BackupEntry, FileStream>? open, CancellationToken cancellationToken)
    {
        budget.Allow(entry.Bytes + Block);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var target = open?.Invoke(entry);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            int read;
            while (found.DataStream is { } content && (read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                if (target is not null) await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (!string.Equals(Convert.ToHexStringLower(hash.GetHashAndReset()), entry.Sha256, StringComparison.Ordinal)) throw Damaged($"{entry.Path} differs from its hash");
        target?.Flush(flushToDisk: true);
    }

    private static string Printable(string text) => string.Concat(text.Take(80).Select(static unit => char.IsControl(unit) ? '?' : unit));

    private static BackupException Damaged(string why, Exception? inner = null) => new($"the archive is damaged, or no backup: {why}", "Take another backup", inner);

    private static BackupException TooNew(string why) => new(why, "Restore it with the version that made it, or a newer one");
}
