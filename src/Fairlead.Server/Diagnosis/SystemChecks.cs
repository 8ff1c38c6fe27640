using System.Globalization;
using Fairlead.Broker.Durability;
using Fairlead.Server.Configuration;
using Fairlead.Storage;

namespace Fairlead.Server.Diagnosis;

/// <summary>What the hub needs of the system: SQLite, file descriptors, a clock.</summary>
internal static class SystemChecks
{
    private const string Area = "system";
    private const long FewDescriptors = 65_536;
    private const long TooFewDescriptors = 1_024;
    private static readonly DateTimeOffset Past = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<Finding> Run(HubOptions options, TimeProvider time)
    {
        yield return Library();
        if (OperatingSystem.IsLinux() && HardLimit(File.ReadAllLines("/proc/self/limits")) is { } limit) yield return Descriptors(limit, options.Broker.MaximumConnections);
        yield return time.GetUtcNow() < Past
            ? Finding.Fail(Area, $"the clock says {time.GetUtcNow():u}", "set the clock, by NTP best: no certificate is good at that time")
            : Finding.Ok(Area, $"the clock says {time.GetUtcNow():u}");
    }

    /// <summary>Judges the limit of file descriptors: the runtime raises the soft limit to the hard one, each connection takes one.</summary>
    /// <param name="limit">The hard limit.</param>
    /// <param name="connections">Most connections that the hub takes.</param>
    internal static Finding Descriptors(long limit, long connections)
    {
        const string Cure = "raise it: LimitNOFILE=1048576 in the systemd unit, --ulimit nofile=1048576 for a container, or ulimit -n";
        var text = $"{limit.ToString(CultureInfo.InvariantCulture)} file descriptors at most, one for each connection";
        if (limit < TooFewDescriptors) return Finding.Fail(Area, text, Cure);
        return limit < Math.Min(FewDescriptors, connections) ? Finding.Warn(Area, text, Cure) : Finding.Ok(Area, text);
    }

    /// <summary>Reads the hard limit from <c>/proc/self/limits</c>; null when it has none.</summary>
    internal static long? HardLimit(IEnumerable<string> lines)
    {
        var fields = lines.FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields is [.., var hard, _] && long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    private static Finding Library()
    {
        try
        {
            return Finding.Ok(Area, $"libsqlite3 {StoredData.LibraryVersion()}");
        }
        catch (StoreException exception)
        {
            return Finding.Fail(Area, exception.Message, "install it");
        }
    }
}
