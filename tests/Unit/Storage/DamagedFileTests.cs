using System.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Sqlite;
using Fairlead.Storage.Sqlite;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Storage;

public sealed class DamagedFileTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_foreign_file_is_not_a_database()
    {
        Directory.CreateDirectory(_directory.Path);
        File.WriteAllText(_directory.File, string.Concat(Enumerable.Repeat("this is somebody's diary\n", 1000)));
        Refuses("is not a database");
    }

    [Fact]
    public void Another_programs_database_is_left_alone()
    {
        Directory.CreateDirectory(_directory.Path);
        SqliteLibrary.Bind();
        File.WriteAllBytes(_directory.File, []);
        using (var database = Database.Open(_directory.File)) database.Execute("CREATE TABLE songs(title TEXT)");
        var before = File.ReadAllBytes(_directory.File);
        Refuses("belongs to another program");
        File.ReadAllBytes(_directory.File).ShouldBe(before);
    }

    [Fact]
    public async Task A_newer_version_is_named()
    {
        await FillAsync();
        using (var database = Database.Open(_directory.File)) database.Execute("PRAGMA user_version = 999");
        Refuses("schema version 999");
        Refuses($"versions up to {Schema.CurrentVersion}");
    }

    [Fact]
    public async Task A_truncated_file_is_damaged()
    {
        await FillAsync();
        using (var file = File.OpenWrite(_directory.File)) file.SetLength(file.Length / 2);
        Refuses("is damaged");
    }

    [Fact]
    public async Task A_flipped_bit_in_a_message_is_found()
    {
        await FillAsync();
        var bytes = File.ReadAllBytes(_directory.File);
        var at = bytes.AsSpan().IndexOf("needle"u8);
        at.ShouldBeGreaterThan(0);
        bytes[at] ^= 1;
        File.WriteAllBytes(_directory.File, bytes);
        Refuses("is damaged");
    }

    [Fact]
    public async Task A_row_missing_in_the_middle_is_found()
    {
        await FillAsync();
        using (var database = Database.Open(_directory.File)) database.Execute("DELETE FROM journal WHERE seq = 2");
        Refuses("row 2 is missing");
    }

    [Fact]
    public async Task Any_page_overwritten_is_refused_or_harmless_but_never_a_crash()
    {
        await FillAsync();
        var whole = File.ReadAllBytes(_directory.File);
        for (var page = 0; page < whole.Length / 4096; page++)
        {
            var bytes = (byte[])whole.Clone();
            bytes.AsSpan(page * 4096, 4096).Fill(0xA5);
            File.WriteAllBytes(_directory.File, bytes);
            try
            {
                await _directory.ReadAsync();
            }
            catch (StoreException refusal)
            {
                refusal.Message.ShouldContain(_directory.File);
                refusal.Message.ShouldNotContain('\n');
            }
        }
    }

    [Fact]
    public async Task A_second_store_over_the_same_directory_is_refused()
    {
        await using var store = _directory.Open();
        store.Load();
        Refuses("in use by another process");
    }

    [Fact]
    public async Task A_second_process_is_refused_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/sqlite3"), "the sqlite3 command is not installed");
        await using var store = _directory.Open();
        store.Load();
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/sqlite3", [_directory.File, "SELECT COUNT(*) FROM journal"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("locked");
    }

    [Fact]
    public void A_directory_that_is_a_file_is_refused()
    {
        Directory.CreateDirectory(_directory.Path);
        var file = Path.Combine(_directory.Path, "file");
        File.WriteAllText(file, "x");
        var store = _directory.Open(_directory.Options with { Directory = file });
        Should.Throw<StoreException>(() => store.Load()).Message.ShouldStartWith(Path.Combine(file, "fairlead.db") + " cannot be made");
    }

    [Fact]
    public async Task Directory_and_file_belong_to_the_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("modes are a matter of Unix");
            return;
        }

        await using var store = _directory.Open();
        store.Load();
        store.SaveSession(Changes.Session(1));
        await store.FlushAsync(TestContext.Current.CancellationToken);
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.GetUnixFileMode(_directory.Path).ShouldBe(Owner | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(_directory.Path)) File.GetUnixFileMode(file).ShouldBe(Owner, file);
    }

    private void Refuses(string reason)
    {
        var store = _directory.Open();
        var message = Should.Throw<StoreException>(() => store.Load()).Message;
        message.ShouldStartWith(_directory.File);
        message.ShouldContain(reason);
        message.ShouldNotContain('\n');
    }

    private async Task FillAsync()
    {
        await using var store = _directory.Open();
        store.Load();
        store.SaveSession(Changes.Session(1));
        for (var i = 0; i < 5; i++)
        {
            store.Queue(1, Changes.Entry(10 + i, Changes.Message(payload: new string('x', 9000) + "needle")));
            await store.FlushAsync(TestContext.Current.CancellationToken);
        }
    }
}
