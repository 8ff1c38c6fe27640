using System.Globalization;

namespace Fairlead.Load.Measuring;

// What the kernel says about a process.
internal static class ProcessSample
{
    // USER_HZ is 100 on every architecture .NET runs on.
    private const double TicksPerSecond = 100;

    // User and system time of all threads, in seconds.
    internal static double ReadCpuSeconds(int process)
    {
        string stat = File.ReadAllText($"/proc/{process}/stat");

        // The name in parentheses may hold blanks: fields count from behind it (utime is the 14th, stime the 15th).
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    internal static MemorySample ReadMemory(int process) => new(
        ReadKilobytes($"/proc/{process}/smaps_rollup", "Pss:") * 1024,
        ReadKilobytes($"/proc/{process}/status", "VmRSS:") * 1024,
        ReadKilobytes($"/proc/{process}/status", "VmHWM:") * 1024);

    private static long ReadKilobytes(string file, string key)
    {
        foreach (string line in File.ReadLines(file))
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
                return long.Parse(line.AsSpan(key.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
        }

        throw new InvalidDataException($"{file} has no {key}");
    }
}
