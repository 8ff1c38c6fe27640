using Fairlead.Broker.Durability;
using Fairlead.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Unit.Storage;

/// <summary>A directory for one test, and stores over it.</summary>
internal sealed class StoreDirectory : IDisposable
{
    public StoreDirectory() => Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "fairlead-store-" + Guid.NewGuid().ToString("N"));

    public string Path { get; }

    public string File => System.IO.Path.Combine(Path, "fairlead.db");

    public SqliteStoreOptions Options => new() { Directory = Path, Durability = Durability.Os };

    public SqliteStore Open(SqliteStoreOptions? options = null, TimeProvider? time = null) =>
        new(options ?? Options, time ?? TimeProvider.System, NullLogger<SqliteStore>.Instance);

    /// <summary>Opens, reads and closes.</summary>
    public async Task<StoredState> ReadAsync()
    {
        await using var store = Open();
        return store.Load();
    }

    /// <summary>What a crash at this moment would leave; call it where the writer stands still.</summary>
    public StoreDirectory Image()
    {
        var image = new StoreDirectory();
        Directory.CreateDirectory(image.Path);
        foreach (var file in Directory.GetFiles(Path)) System.IO.File.Copy(file, System.IO.Path.Combine(image.Path, System.IO.Path.GetFileName(file)));
        return image;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
