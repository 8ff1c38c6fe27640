using Fairlead.Broker.Durability;
using Fairlead.Server.Configuration;
using Fairlead.Storage.Events;
using Fairlead.Storage.Sqlite;
using Microsoft.Extensions.Logging;
using Durability = Fairlead.Server.Configuration.Durability;
using SqliteDurability = Fairlead.Storage.Sqlite.Durability;

namespace Fairlead.Server.Hosting;

/// <summary>Makes the store that the configured durability asks for.</summary>
internal static class StoreFactory
{
    /// <summary>The device-to-cloud log on the disk; null when nothing is kept there.</summary>
    public static EventStore? CreateEvents(HubOptions options, ILoggerFactory loggers, TimeProvider time) => options.Durability == Durability.Memory
        ? null
        : EventStore.Open(
            new EventStoreOptions
            {
                Directory = options.Data,
                Durability = options.Durability == Durability.Os ? SqliteDurability.Os : SqliteDurability.Commit,
                Partitions = options.IotHub.EventPartitions,
                RetentionAge = options.IotHub.EventRetention,
                RetentionBytes = options.IotHub.EventBytes,
            },
            time,
            new Logger<EventStore>(loggers));

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
