using Fairlead.Broker.Durability;
using Fairlead.Storage.Sqlite.Journal;

namespace Fairlead.Storage.Sqlite;

/// <summary>What was read from the file: for the broker, and for the writer.</summary>
/// <param name="State">For the broker.</param>
/// <param name="Index">Where it lies.</param>
/// <param name="LastMessageId">Highest number of a message body.</param>
internal sealed record LoadedStore(StoredState State, LiveIndex Index, long LastMessageId);
