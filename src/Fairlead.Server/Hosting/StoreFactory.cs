using Fairlead.Broker.Durability;
using Fairlead.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Hosting;

/// <summary>Makes the store that the configured durability asks for.</summary>
internal static class StoreFactory
{
    public static IBrokerStore Create(HubOptions options, ILoggerFactory loggers, TimeProvider time) => new MemoryStore();
}
