namespace Fairlead.Gateway.Upstream;

/// <summary>
/// Lets so many through in a second, one after the other, so that a reconnect does not run into the hub's throttle (spec section 9.4 item 4).
/// </summary>
/// <param name="rate">Passes a second.</param>
/// <param name="time">Clock.</param>
internal sealed class Pacer(double rate, TimeProvider time)
{
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1 / rate);
    private readonly TimeSpan _burst = TimeSpan.FromSeconds(Math.Max(0, 20 / rate - 1 / rate));
    private readonly Lock _gate = new();
    private readonly long _origin = time.GetTimestamp();
    private TimeSpan _next = TimeSpan.MinValue;

    /// <summary>Waits for a pass.</summary>
    /// <param name="cancellationToken">Gives up; the pass is lost.</param>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = time.GetElapsedTime(_origin);
            if (_next < now - _burst) _next = now - _burst;
            wait = _next - now;
            _next += _interval;
        }

        return wait <= TimeSpan.Zero ? ValueTask.CompletedTask : new ValueTask(Task.Delay(wait, time, cancellationToken));
    }
}
