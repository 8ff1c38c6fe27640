using System.Text.Json.Serialization;

namespace Fairlead.Server.Backup;

/// <summary>A file in a backup.</summary>
/// <param name="Path">Path below the data directory, with slashes.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">SHA-256 in lower-case hexadecimal digits.</param>
/// <param name="Public">Whether everybody may read the restored file; the others are for their owner.</param>
public sealed record BackupEntry(string Path, long Bytes, string Sha256, bool Public);

/// <summary>The first file of a backup: what it is, and what follows.</summary>
/// <param name="Format">Format of the archive itself.</param>
/// <param name="Version">Version of the program that made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Formats">Format of each database, by its name.</param>
/// <param name="Entries">Files in their order.</param>
/// <param name="Outside">Files that the configuration names outside the data directory: they are not in the backup.</param>
public sealed record BackupManifest(
    int Format, string Version, DateTimeOffset CreatedAt, IReadOnlyDictionary<string, int> Formats, IReadOnlyList<BackupEntry> Entries, IReadOnlyList<string> Outside)
{
    /// <summary>Format of the archives that this program writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Name of the manifest in the archive.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Size of all files.</summary>
    [JsonIgnore]
    public long Bytes => Entries.Sum(static entry => entry.Bytes);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
