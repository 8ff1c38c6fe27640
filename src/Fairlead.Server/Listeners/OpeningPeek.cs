using System.IO.Pipelines;

namespace Fairlead.Server.Listeners;

/// <summary>Waits for the first bytes of a connection and leaves them where they are.</summary>
internal static class OpeningPeek
{
    /// <summary>Looks at the first bytes.</summary>
    /// <param name="input">Input of the connection.</param>
    /// <param name="timeout">How long to wait for them.</param>
    /// <param name="time">Clock.</param>
    /// <returns>What they look like; null after the timeout.</returns>
    public static async ValueTask<Opening?> ReadAsync(PipeReader input, TimeSpan timeout, TimeProvider time)
    {
        if (!input.TryRead(out var result))
        {
            using var cancellation = new CancellationTokenSource(timeout, time);
            try
            {
                result = await input.ReadAsync(cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        var opening = OpeningBytes.Classify(result.Buffer);
        // Nothing consumed and nothing examined: the next reader finds the same bytes at once.
        input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
        return opening;
    }
}
