using Fairlead.Broker.Durability;
using Fairlead.Server.Hosting;
using Fairlead.Storage;

namespace Fairlead.Server.Backup;

/// <summary>Backs up a data directory that no hub uses.</summary>
public static class OfflineBackup
{
    /// <summary>Whether a hub uses the directory.</summary>
    /// <exception cref="BackupException">There is no data of a hub, or it cannot be read.</exception>
    public static bool IsInUse(string data)
    {
        try
        {
            if (!File.Exists(Path.Combine(data, StoredData.Names[0]))) throw new BackupException($"{data} holds no {StoredData.Names[0]}", "Name the data directory of a hub");
            return StoredData.IsInUse(data);
        }
        catch (StoreException exception)
        {
            throw new BackupException(exception.Message, "Correct what the line above names", exception);
        }
    }

    /// <summary>Writes a backup.</summary>
    /// <param name="data">Data directory.</param>
    /// <param name="prepared">Called with the size of everything, before the first byte is written.</param>
    /// <param name="open">Opens what it is written to.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupException">It cannot be made.</exception>
    public static async Task WriteAsync(string data, Action<long> prepared, Func<Stream> open, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using var stored = StoredData.Open(data);
            BackupSnapshot.RemoveLeftovers(data);
            using var snapshot = await BackupSnapshot.TakeAsync(data, CopyAsync, [], time.GetUtcNow(), cancellationToken);
            prepared(snapshot.Manifest.Bytes);
            await using var target = open();
            await BackupArchive.WriteAsync(snapshot, target, cancellationToken);

            Task CopyAsync(string name, string file, CancellationToken cancellation) => Task.Run(() => stored.Copy(name, file, cancellation), cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or StoreException or HubStartException)
        {
            throw new BackupException(exception.Message.ReplaceLineEndings(" ").TrimEnd('.'), "Run it as the user of the hub, with room for a second copy of the data", exception);
        }
    }
}
