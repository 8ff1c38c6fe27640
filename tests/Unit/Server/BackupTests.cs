using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Server.Backup;
using Fairlead.Server.Hosting;
using Fairlead.Storage;
using Fairlead.Unit.Storage;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

/// <summary>Archives of backups: made, restored, and refused when a stranger made them.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StoreDirectory _store = new();

    public void Dispose()
    {
        _directory.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task A_backup_holds_databases_keys_and_users_and_neither_logs_nor_mails()
    {
        var archive = await MakeAsync();
        var manifest = await BackupArchive.VerifyAsync(new MemoryStream(archive), null, CancellationToken.None);
        manifest.Entries.Select(static entry => entry.Path).ShouldBe(["fairlead.db", "admin.token", "users.json", "pki/ca.cert.pem", "pki/ca.key.pem"]);
        manifest.Formats.ShouldBe(new Dictionary<string, int> { ["fairlead.db"] = StoredData.StoreVersion });
        Directory.EnumerateDirectories(_store.Path, ".backup-*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Restored_it_is_the_same_and_for_its_owner_alone()
    {
        var archive = await MakeAsync();
        var target = Path.Combine(_directory.Path, "restored");
        var restore = new DataRestore(target, TimeProvider.System);
        await restore.RestoreAsync(new MemoryStream(archive), replace: false, null, CancellationToken.None);
        restore.Kept.ShouldBeNull();
        File.ReadAllText(Path.Combine(target, "pki", "ca.key.pem")).ShouldBe("key");
        Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["admin.token", "fairlead.db", "pki", "users.json"]);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(target, "pki", "ca.key.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(Path.Combine(target, "pki", "ca.cert.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            File.GetUnixFileMode(target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using var stored = StoredData.Open(target);
        stored.Check().ShouldAllBe(static one => one.Finding == null);
    }

    [Fact]
    public async Task A_directory_with_something_in_it_is_refused_or_put_aside()
    {
        var archive = await MakeAsync();
        var target = Path.GetDirectoryName(_directory.Write("full/users.json", "mine"))!;
        var restore = new DataRestore(target, TimeProvider.System);
        restore.IsEmpty.ShouldBeFalse();
        (await Refusal(() => restore.RestoreAsync(new MemoryStream(archive), replace: false, null, CancellationToken.None))).ShouldContain("is not empty");
        await restore.RestoreAsync(new MemoryStream(archive), replace: true, null, CancellationToken.None);
        File.ReadAllText(Path.Combine(restore.Kept!, "users.json")).ShouldBe("mine");
        File.ReadAllText(Path.Combine(target, "users.json")).ShouldBe("users");
    }

    [Fact]
    public async Task A_directory_that_a_hub_uses_is_refused()
    {
        var archive = await MakeAsync();
        await using var hub = _store.Open();
        hub.Load();
        (await Refusal(() => new DataRestore(_store.Path, TimeProvider.System).RestoreAsync(new MemoryStream(archive), replace: true, null, CancellationToken.None))).ShouldContain("a hub runs");
    }

    [Fact]
    public async Task A_restore_that_fails_leaves_what_was_there_and_one_cut_off_keeps_a_hub_from_starting()
    {
        var archive = await MakeAsync();
        var target = Path.GetDirectoryName(_directory.Write("full/users.json", "mine"))!;
        await Refusal(() => new DataRestore(target, TimeProvider.System).RestoreAsync(new MemoryStream(archive[..(archive.Length / 2)]), replace: true, null, CancellationToken.None));
        Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName).ShouldBe(["users.json"]);
        DataRestore.CheckComplete(target);
        Directory.CreateDirectory(Path.Combine(target, DataRestore.WorkName));
        Should.Throw<HubStartException>(() => DataRestore.CheckComplete(target)).Message.ShouldContain("did not end");
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("pki/../../outside")]
    [InlineData("/etc/outside")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a\\b")]
    [InlineData("C:outside")]
    [InlineData("a\nb")]
    [InlineData("")]
    [InlineData("manifest.json")]
    public async Task Paths_that_lead_elsewhere_are_refused(string path)
    {
        BackupArchive.IsSafe(path).ShouldBeFalse();
        (await RefusedAsync(Hostile(path, "x"u8.ToArray()))).ShouldContain("damaged, or no backup");
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Directory)]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    public async Task What_is_not_a_file_is_refused(TarEntryType type)
    {
        var entry = new PaxTarEntry(type, "users.json");
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = "/etc/passwd";
        (await RefusedAsync(Pack(Manifest("users.json", []), entry))).ShouldContain("is not a file");
    }

    [Fact]
    public async Task What_differs_from_its_hash_or_its_manifest_is_refused()
    {
        (await RefusedAsync(Pack(Manifest("users.json", "aa"u8.ToArray()), FileEntry("users.json", "ab"u8.ToArray())))).ShouldContain("differs from its hash");
        (await RefusedAsync(Pack(Manifest("users.json", "aa"u8.ToArray()), FileEntry("users.json", "aab"u8.ToArray())))).ShouldContain("another size");
        (await RefusedAsync(Pack(Manifest("users.json", "aa"u8.ToArray())))).ShouldContain("does not come");
        (await RefusedAsync(Pack(Manifest("users.json", "aa"u8.ToArray()), FileEntry("users.json", "aa"u8.ToArray()), FileEntry("more", [])))).ShouldContain("not in its manifest");
        (await RefusedAsync(Pack(FileEntry("users.json", "aa"u8.ToArray())))).ShouldContain("first file is not manifest.json");
        (await RefusedAsync(Encoding.UTF8.GetBytes("a letter, no archive"))).ShouldContain("no backup");
    }

    [Fact]
    public async Task Newer_formats_are_refused_with_what_to_do()
    {
        var archive = (await RefusedAsync(Pack(ManifestOf("""{"format":2,"whatever":true}"""))));
        archive.ShouldContain("format 2, this program knows formats up to 1");
        archive.ShouldContain("newer one");
        var data = await RefusedAsync(Pack(ManifestOf($$$"""{"format":1,"version":"9","createdAt":"2030-01-01T00:00:00Z","formats":{"fairlead.db":{{{StoredData.StoreVersion + 1}}}},"entries":[],"outside":[]}""")));
        data.ShouldContain($"fairlead.db in it has format {StoredData.StoreVersion + 1}");
    }

    [Fact]
    public async Task Bombs_end_where_their_budget_does()
    {
        // A header that claims more than a manifest may have, endless zeros behind the end, and more bytes than the disk has.
        (await RefusedAsync(Pack(FileEntry("manifest.json", new byte[8 * 1024 * 1024])))).ShouldContain("first file is not");
        (await RefusedAsync(Pack(ManifestOf("""{"format":1,"version":"1","createdAt":"2030-01-01T00:00:00Z","formats":{},"entries":[],"outside":[]}"""), zeros: 64 * 1024 * 1024))).ShouldContain("more than it says");
        var name = new PaxTarEntry(TarEntryType.RegularFile, "manifest.json", new Dictionary<string, string> { ["comment"] = new string('x', 1024 * 1024) });
        (await RefusedAsync(Pack(name))).ShouldContain("more than it says");
        (await RefusedAsync(Pack(ManifestOf(
            """{"format":1,"version":"1","createdAt":"2030-01-01T00:00:00Z","formats":{},"entries":[{"path":"a","bytes":9223372036854775000,"sha256":"","public":false}],"outside":[]}"""))))
            .ShouldContain("are free");
    }

    private static byte[] Hostile(string path, byte[] content) => Pack(Manifest(path, content), FileEntry("users.json", content));

    private static PaxTarEntry FileEntry(string path, byte[] content) => new(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(content) };

    private static PaxTarEntry ManifestOf(string json) => FileEntry("manifest.json", Encoding.UTF8.GetBytes(json));

    private static PaxTarEntry Manifest(string path, byte[] content)
    {
        var manifest = new BackupManifest(
            1, "1", DateTimeOffset.UnixEpoch, new Dictionary<string, int>(), [new BackupEntry(path, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), false)], []);
        return FileEntry("manifest.json", System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest));
    }

    private static byte[] Pack(PaxTarEntry first, params PaxTarEntry[] entries) => Pack(first, 0, entries);

    private static byte[] Pack(PaxTarEntry first, int zeros, params PaxTarEntry[] entries)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            using (var tar = new TarWriter(gzip, leaveOpen: true))
            {
                foreach (var entry in (PaxTarEntry[])[first, .. entries]) tar.WriteEntry(entry);
            }

            gzip.Write(new byte[zeros]);
        }

        return bytes.ToArray();
    }

    private static async Task<string> Refusal(Func<Task> work) => (await Should.ThrowAsync<BackupException>(work)).Message;

    private async Task<string> RefusedAsync(byte[] archive)
    {
        var target = Path.Combine(_directory.Path, "target");
        var refusal = await Refusal(() => new DataRestore(target, TimeProvider.System).RestoreAsync(new MemoryStream(archive), replace: false, null, CancellationToken.None));
        Directory.EnumerateFileSystemEntries(target).ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(_directory.Path).Select(Path.GetFileName).ShouldBe(["target"]);
        return refusal;
    }

    private async Task<byte[]> MakeAsync()
    {
        await using (var store = _store.Open()) store.Load();
        DataDirectory.WriteSecret(Path.Combine(_store.Path, "admin.token"), "token");
        DataDirectory.WriteSecret(Path.Combine(_store.Path, "users.json"), "users");
        foreach (var folder in new[] { "pki", "logs", "outbox" }) DataDirectory.Ensure(Path.Combine(_store.Path, folder));
        DataDirectory.WritePublic(Path.Combine(_store.Path, "pki", "ca.cert.pem"), "certificate");
        DataDirectory.WriteSecret(Path.Combine(_store.Path, "pki", "ca.key.pem"), "key");
        DataDirectory.WriteSecret(Path.Combine(_store.Path, "logs", "events.jsonl"), "log");
        DataDirectory.WriteSecret(Path.Combine(_store.Path, "outbox", "1.eml"), "mail");
        Directory.CreateDirectory(Path.Combine(_store.Path, ".backup-of-a-killed-process"));
        var archive = new MemoryStream();
        var prepared = 0L;
        await OfflineBackup.WriteAsync(_store.Path, bytes => prepared = bytes, () => archive, TimeProvider.System, CancellationToken.None);
        prepared.ShouldBeGreaterThan(0);
        return archive.ToArray();
    }
}
