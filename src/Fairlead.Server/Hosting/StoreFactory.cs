using Fairlead.Broker.Durability;
using Fairlead.Server.Configuration;
using Fairlead.Storage.Sqlite;
using Microsoft.Extensions.Logging;
using Durability = Fairlead.Server.Configuration.Durability;
using SqliteDurability = Fairlead.Storage.Sqlite.Durability;

namespace Fairlead.Server.Hosting;

/// <summary>Makes the store that the configured durability asks for.</summary>
internal static class StoreFactory
{
    public static IBrokerStore Create(HubOptions options, ILoggerFactory loggers, TimeProvider time) => options.Durability == Durability.Memory
        ? new MemoryStore()
        : new SqliteStore(
            new SqliteStoreOptions
            {
                Directory = options.Data,
                Durability = options.Durability == Durability.Os ? SqliteDurability.Os : SqliteDurability.Commit,
            },
            time,
            new Logger<SqliteStore>(loggers));
}
