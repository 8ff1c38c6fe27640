using System.Globalization;
using Fairlead.Broker.Durability;
using Fairlead.Server.Configuration;
using Fairlead.Server.Backup;
using Fairlead.Server.Hosting;
using Fairlead.Storage;

namespace Fairlead.Server.Diagnosis;

/// <summary>The data directory: whether it can be used, whether its databases are whole, and whether there is room.</summary>
internal static class DataChecks
{
    private const string Area = "data";
    private const long LittleRoom = 512L * 1024 * 1024;
    private const long TooLittleRoom = 32L * 1024 * 1024;
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    public static IEnumerable<Finding> Run(HubOptions options, bool running, TimeProvider time)
    {
        var data = options.Data;
        if (!Directory.Exists(data))
        {
            yield return Finding.Ok(Area, $"{data} does not exist yet: the first start makes it");
            yield break;
        }

        if (Complete(data) is { } half) yield return half;
        foreach (var finding in Databases(data, running)) yield return finding;
        var used = Directory.EnumerateFiles(data, "*.db*").Sum(static file => new FileInfo(file).Length);
        yield return Room(data, new DriveInfo(data).AvailableFreeSpace, used);
        // What was written last cannot be younger than now.
        var newest = Directory.EnumerateFiles(data).Select(static file => new DateTimeOffset(File.GetLastWriteTimeUtc(file))).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        if (newest > time.GetUtcNow() + Ahead)
            yield return Finding.Warn("system", $"the clock says {time.GetUtcNow():u}, and files of the hub were written at {newest:u}", "set the clock, by NTP best: certificates and message expiry depend on it");
    }

    /// <summary>Whether there is room for what comes.</summary>
    /// <param name="data">Directory.</param>
    /// <param name="free">Free bytes on its disk.</param>
    /// <param name="used">Bytes of the databases.</param>
    internal static Finding Room(string data, long free, long used)
    {
        var text = $"{Mebibytes(free)} are free on the disk of {data}, the databases have {Mebibytes(used)}";
        if (free < TooLittleRoom) return Finding.Fail(Area, text, "make room: QoS 1 and 2 messages are refused when the disk is full");
        return free < Math.Max(LittleRoom, used) ? Finding.Warn(Area, text, "make room: a backup alone needs as much as the databases") : Finding.Ok(Area, text);
    }

    private static Finding? Complete(string data)
    {
        try
        {
            DataRestore.CheckComplete(data);
            return null;
        }
        catch (HubStartException exception)
        {
            return Finding.Fail(Area, exception.Message, "run the restore again");
        }
    }

    private static List<Finding> Databases(string data, bool running)
    {
        if (running) return [Finding.Ok(Area, $"a hub runs on {data}; it has checked its database at its start")];
        if (!File.Exists(Path.Combine(data, StoredData.Names[0]))) return [Finding.Ok(Area, $"{data} holds no database yet: the first start makes it")];
        try
        {
            using var stored = StoredData.Open(data);
            return
            [
                .. stored.Check().Select(static one => one.Finding is null
                    ? Finding.Ok(Area, $"{one.Name} is whole")
                    : Finding.Fail(Area, $"{one.Name} is damaged: {one.Finding}", "restore a backup: fairlead hub restore FILE --yes")),
                stored.StoreFormat == StoredData.StoreVersion
                    ? Finding.Ok(Area, $"{StoredData.Names[0]} has format {stored.StoreFormat}")
                    : Finding.Warn(Area, $"{StoredData.Names[0]} has format {stored.StoreFormat}; the next start makes it {StoredData.StoreVersion}, and older programs cannot open it then", "back it up first: fairlead hub backup FILE"),
            ];
        }
        catch (StoreException exception)
        {
            return [Finding.Fail(Area, exception.Message, "do what the line says")];
        }
    }

    private static string Mebibytes(long bytes) => (bytes / (1024.0 * 1024)).ToString("N0", CultureInfo.InvariantCulture) + " MiB";
}
