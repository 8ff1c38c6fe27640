using System.CommandLine;

namespace Fairlead.Verbs.Load;

/// <summary>Keeps a bench from doing more than so much a second. Whoever is late goes on at once.</summary>
internal sealed class BenchPace(double? perSecond, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private long _taken;

    /// <summary><c>--rate</c>.</summary>
    public static Option<double?> Option(string means) => new("--rate") { Description = means, HelpName = "number" };

    /// <summary>The pace of a flag.</summary>
    public static BenchPace Of(double? perSecond, TimeProvider time) => perSecond is <= 0 or > 1_000_000
        ? throw VerbException.Usage("cannot measure", "--rate takes more than 0, at most 1000000", "Give such a number")
        : new BenchPace(perSecond, time);

    /// <summary>Waits until the next one is due.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (perSecond is not { } rate)
            return;
        var due = TimeSpan.FromSeconds((Interlocked.Increment(ref _taken) - 1) / rate);
        var left = due - time.GetElapsedTime(_began);
        if (left > TimeSpan.Zero)
            await Task.Delay(left, time, cancellationToken);
    }
}
