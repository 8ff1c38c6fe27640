namespace Fairlead.Features.IotHub;

/// <summary>Lets so many requests pass in a second.</summary>
/// <param name="time">Clock.</param>
/// <param name="perSecond">Most in a second; 0 for no limit.</param>
internal sealed class RateGate(TimeProvider time, int perSecond)
{
    private readonly Lock _lock = new();
    private long _second;
    private int _passed;

    /// <summary>Whether one more may pass.</summary>
    public bool TryPass()
    {
        if (perSecond == 0) return true;
        long second = time.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            if (second != _second) (_second, _passed) = (second, 0);
            return ++_passed <= perSecond;
        }
    }
}
