using System.Diagnostics;
using System.Globalization;

namespace Fairlead.Chaos.Edge;

/// <summary>What the connector takes of a small machine.</summary>
public sealed class FootprintTests
{
    private const int Backlog = 10_000;
    private const double MostMebibytes = 100;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Edge_61_Ten_thousand_messages_on_disk_leave_memory_below_100_MB_and_the_processor_idle()
    {
        await using var stage = await EdgeStage.StartAsync(linkIsUp: false);
        await stage.PublishAsync(1, Backlog, static _ => "t");
        await stage.Edge.UntilBufferedAsync(static count => count == Backlog, "everything should wait");
        double resident = ReadResident(stage.Edge.ProcessId);
        LongForm.Tell($"{resident:0.0} MiB resident with {Backlog} messages in the spool");
        resident.ShouldBeLessThan(MostMebibytes);

        stage.Relay.Restore();
        await stage.UntilArrivedAsync(Enumerable.Range(1, Backlog));
        await stage.Edge.UntilBufferedAsync(static count => count == 0, "the spool should be empty");
        // The compiler has still to do for a while after the load; what counts is that it comes to rest.
        double share = 1;
        var waited = Stopwatch.StartNew();
        while (share >= 0.01 && waited.Elapsed < LongForm.Patience)
        {
            var before = ReadProcessorTime(stage.Edge.ProcessId);
            var watch = Stopwatch.StartNew();
            await Task.Delay(Window, TestContext.Current.CancellationToken);
            share = (ReadProcessorTime(stage.Edge.ProcessId) - before) / watch.Elapsed;
        }

        LongForm.Tell($"{share:0.00 %} of a processor while connected and idle");
        share.ShouldBeLessThan(0.01);
    }

    private static double ReadResident(int process)
    {
        string line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")).First(static text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    private static TimeSpan ReadProcessorTime(int process)
    {
        using var running = Process.GetProcessById(process);
        return running.TotalProcessorTime;
    }
}
