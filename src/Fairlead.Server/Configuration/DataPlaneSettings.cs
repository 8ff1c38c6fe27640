using static Fairlead.Server.Configuration.SettingFactory;

namespace Fairlead.Server.Configuration;

/// <summary>Settings of messages over HTTP, of rates and of the structured log.</summary>
internal static class DataPlaneSettings
{
    private const long MiB = 1024 * 1024;

    /// <summary>All of them.</summary>
    public static IEnumerable<Setting> All() =>
    [
        Number(
            "Limits:DirectMessageRate", "Calls of SendDirectMessage in a second; more are answered with 429. AWS: 2,000 or 20,000. 0 for no limit.",
            "calls", 0, 10_000_000, static o => o.DataPlane.DirectMessageRate, static (o, v) => o.DataPlane.DirectMessageRate = (int)v),
        Number(
            "Limits:MessageRate",
            "Messages of one connection in a second, both directions together; more are discarded, and a client that sends twice as many is disconnected. AWS: 100. 0 for no limit.",
            "messages", 0, 10_000_000, static o => o.Broker.MaximumMessageRate, static (o, v) => o.Broker = o.Broker with { MaximumMessageRate = (int)v }),
        Size(
            "Logs:FileSize", "Size at which a file of the structured log (logs/events.jsonl of the data directory) is closed and the next begun.", 4096, 1024 * MiB,
            static o => o.DataPlane.LogFileSize, static (o, v) => o.DataPlane.LogFileSize = v),
        Number(
            "Logs:Files", "Files of the structured log that are kept, the present one included.", "files", 1, 1000,
            static o => o.DataPlane.LogFiles, static (o, v) => o.DataPlane.LogFiles = (int)v),
    ];
}
