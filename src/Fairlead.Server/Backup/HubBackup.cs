using System.Globalization;
using Fairlead.Features.Api;
using Fairlead.Features.Backup;
using Fairlead.Server.Configuration;
using Fairlead.Server.Observability;
using Fairlead.Storage;
using Fairlead.Storage.Events;
using Fairlead.Storage.Sqlite;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Backup;

/// <summary>Makes backups of the running hub, one at a time.</summary>
internal sealed class HubBackup : IBackupHost
{
    private readonly HubOptions _options;
    private readonly SqliteStore _store;
    private readonly EventStore _events;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private int _busy;

    public HubBackup(HubOptions options, SqliteStore store, EventStore events, TimeProvider time, ILogger log)
    {
        (_options, _store, _events, _time, _log) = (options, store, events, time, log);
        BackupSnapshot.RemoveLeftovers(options.Data);
    }

    /// <inheritdoc/>
    public string Directory => _options.Data;

    /// <inheritdoc/>
    public async Task<BackupCopy> CopyAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0) throw ApiException.ServiceUnavailable("another backup is being made: try again when it is done");
        try
        {
            var snapshot = await BackupSnapshot.TakeAsync(_options.Data, CopyDatabaseAsync, Outside(), _time.GetUtcNow(), cancellationToken);
            var name = $"fairlead-{_time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.tar.gz";
            return new BackupCopy(name, snapshot.Manifest.Bytes, (body, gone) => WriteAsync(snapshot, body, gone));
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _busy, 0);
            if (exception is not (IOException or UnauthorizedAccessException)) throw;
            _log.BackupFailed(exception.Message);
            throw new ApiException(507, "InternalFailureException", $"the backup was not made: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task WriteAsync(BackupSnapshot snapshot, Stream body, CancellationToken cancellationToken)
    {
        try
        {
            await BackupArchive.WriteAsync(snapshot, body, cancellationToken);
            _log.BackedUp(snapshot.Manifest.Entries.Count, snapshot.Manifest.Bytes);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            _log.BackupFailed(exception.Message);
            throw;
        }
        finally
        {
            snapshot.Dispose();
            Volatile.Write(ref _busy, 0);
        }
    }

    private Task CopyDatabaseAsync(string name, string target, CancellationToken cancellationToken) =>
        name == StoredData.Names[0] ? _store.CopyAsync(target, cancellationToken) : _events.CopyAsync(target, cancellationToken);

    private List<string> Outside() =>
        [.. new[] { _options.Tls.CertificateFile, _options.Tls.KeyFile, _options.Tls.ClientCaFile, _options.Auth.UsersFile }.Where(static file => file.Length > 0)];
}
