using System.Diagnostics;

namespace Fairlead.Unit.Gateway;

/// <summary>Waits for what another thread is about to do; the limit only fails a broken program.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<bool> condition)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(60)) throw new TimeoutException("what was waited for did not come");
            await Task.Yield();
        }
    }
}
