using Fairlead.Features.Api;

namespace Fairlead.Features.Console.Live;

/// <summary>Streams a view of the hub: looks again and again, and sends what has changed.</summary>
internal static class LiveView
{
    // Proxies cut streams that are silent for a minute; a page sees sooner that nobody is there.
    private const int LooksPerBeat = 10;

    /// <summary>Runs until nobody reads.</summary>
    /// <param name="time">Clock.</param>
    /// <param name="period">Time between two looks.</param>
    /// <param name="look">Makes the document; what it refuses is told as an event <c>problem</c>.</param>
    /// <param name="stream">Where it goes.</param>
    public static async Task RunAsync(TimeProvider time, TimeSpan period, Func<byte[]> look, EventStream stream)
    {
        byte[] last = [];
        var quiet = 0;
        using var timer = new PeriodicTimer(period, time);
        do
        {
            var (name, seen) = Look(look);
            if (!seen.AsSpan().SequenceEqual(last))
            {
                await stream.SendAsync(name, seen).ConfigureAwait(false);
                (last, quiet) = (seen, 0);
            }
            else if (++quiet == LooksPerBeat)
            {
                await stream.BeatAsync().ConfigureAwait(false);
                quiet = 0;
            }
        }
        while (await timer.WaitForNextTickAsync(stream.Gone).ConfigureAwait(false));
    }

    private static (string Name, byte[] Document) Look(Func<byte[]> look)
    {
        try
        {
            return ("view", look());
        }
        catch (ApiException refusal)
        {
            return ("problem", ConsoleJson.Write(new ProblemDocument(refusal.Status, refusal.Type, refusal.Message), ConsoleJson.Default.ProblemDocument));
        }
    }
}
