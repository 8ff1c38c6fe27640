using System.Globalization;

namespace Fairlead.Chaos;

/// <summary>Resident memory of the hub, from /proc.</summary>
public static class ResidentMemory
{
    public const long MiB = 1024 * 1024;

    public static long Of(int processId)
    {
        var line = File.ReadLines($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>
    /// Waits until the hub is back under <paramref name="limit"/>. The garbage collector returns memory when it next runs, so a little
    /// traffic goes on meanwhile; the deadline only fails a hub that keeps what it should have let go.
    /// </summary>
    public static async Task ShouldReturnBelowAsync(int processId, long limit, Func<Task> traffic)
    {
        var lowest = long.MaxValue;
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
        {
            var now = Of(processId);
            lowest = Math.Min(lowest, now);
            if (now <= limit)
                return;
            await traffic();
        }

        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"The hub holds {lowest / MiB} MiB, expected at most {limit / MiB} MiB."));
    }
}
