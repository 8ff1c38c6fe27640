using System.Runtime.InteropServices;

namespace Fairlead.Load.Reporting;

// What a reader must know to judge the figures.
internal static class MachineFacts
{
    internal static IReadOnlyDictionary<string, string> Read() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["processor"] = Find("/proc/cpuinfo", "model name"),
        ["cores"] = $"{Environment.ProcessorCount}",
        ["memory"] = $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1073741824.0:0} GiB",
        ["kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        ["system"] = RuntimeInformation.OSDescription,
        ["dotnet"] = Environment.Version.ToString(),
    };

    private static string Find(string file, string key)
    {
        string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line is null ? "unknown" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
