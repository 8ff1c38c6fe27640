using Fairlead.Features.Api;

namespace Fairlead.Features.Backup;

/// <summary><c>GET /v1/backup</c>: everything that the hub keeps, in one archive, made while it runs. It holds keys: for administrators alone.</summary>
internal sealed class BackupFeature : IFeature
{
    /// <summary>The program; null in a hub that keeps nothing.</summary>
    public IBackupHost? Host { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => [ApiOperation.Hub("DownloadBackup", "GET", "/v1/backup", DownloadAsync)];

    private async ValueTask<ApiResponse> DownloadAsync(ApiRequest request)
    {
        var host = Host ?? throw new ApiException(409, "ConflictException", "this hub keeps nothing that could be backed up: Store:Durability is memory");
        // Who names a data directory means that of this hub, and wants to know when another hub answers.
        if (request.Query("data") is { } data && data != host.Directory)
            throw new ApiException(409, "ConflictException", $"this hub keeps its data in {host.Directory}, not in {data}: another hub runs there, name its address");
        var copy = await host.CopyAsync(request.Aborted).ConfigureAwait(false);
        return new ApiResponse(200, default)
        {
            ContentType = "application/gzip",
            Headers =
            [
                new("Content-Disposition", $"attachment; filename=\"{copy.FileName}\""),
                new("Cache-Control", "no-store"),
                new("x-fairlead-backup-bytes", copy.Bytes.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ],
            Stream = copy.WriteAsync,
        };
    }
}

/// <summary>Makes backups of the hub that it runs.</summary>
internal interface IBackupHost
{
    /// <summary>The data directory, in full.</summary>
    string Directory { get; }

    /// <summary>Copies what is kept. What was acknowledged before is in the copy.</summary>
    /// <exception cref="ApiException">It cannot be copied, or another copy is being made.</exception>
    Task<BackupCopy> CopyAsync(CancellationToken cancellationToken);
}

/// <summary>A copy that waits to be fetched.</summary>
/// <param name="FileName">Name to save it under.</param>
/// <param name="Bytes">Size of what is in it, before it is compressed.</param>
/// <param name="WriteAsync">Writes the archive and throws the copy away; must be called, once.</param>
internal sealed record BackupCopy(string FileName, long Bytes, Func<Stream, CancellationToken, Task> WriteAsync);
