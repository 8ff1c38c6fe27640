using System.Diagnostics;

namespace Fairlead.Chaos.Edge;

/// <summary>Lets so many through in a second, evenly over time: whoever is late catches up.</summary>
public sealed class Pacer(int perSecond)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private long _count;

    /// <summary>Waits until the next one is due.</summary>
    public async Task NextAsync()
    {
        var early = TimeSpan.FromSeconds((double)++_count / perSecond) - _watch.Elapsed;
        if (early > TimeSpan.FromMilliseconds(5)) await Task.Delay(early, TestContext.Current.CancellationToken);
    }
}
