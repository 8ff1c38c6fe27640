using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary>Reads bodies, as far as they may be read.</summary>
internal static class RequestBody
{
    private const int Drain = 4 * 1024 * 1024;

    /// <summary>
    /// How long a body may take. The server's own bound is on the average rate: who sends half of a body at once could hold it for minutes.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private enum Progress
    {
        /// <summary>The rest has not come yet.</summary>
        Partial,

        /// <summary>It is there to its end.</summary>
        Whole,

        /// <summary>It is longer than it may be.</summary>
        TooLong,
    }

    /// <summary>Reads a body. One that has come with its head, as nearly all have, is taken at once: no timer, no cancellation, no wait.</summary>
    /// <param name="context">Request.</param>
    /// <param name="most">Bytes.</param>
    /// <param name="time">Clock.</param>
    /// <returns>The body; null when it is longer.</returns>
    /// <exception cref="TimeoutException">It did not come within <see cref="Longest"/>.</exception>
    public static ValueTask<byte[]?> ReadAsync(HttpContext context, int most, TimeProvider time)
    {
        if (context.Request.ContentLength > most) return new ValueTask<byte[]?>(WaitAsync(context, most, Progress.TooLong, time));
        var progress = Progress.Partial;
        byte[]? body = null;
        var reader = context.Request.BodyReader;
        while (progress == Progress.Partial && reader.TryRead(out var read)) progress = Take(reader, read, most, out body);
        return progress == Progress.Whole ? ValueTask.FromResult(body) : new ValueTask<byte[]?>(WaitAsync(context, most, progress, time));
    }

    private static async Task<byte[]?> WaitAsync(HttpContext context, int most, Progress progress, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            byte[]? body = null;
            var reader = context.Request.BodyReader;
            while (progress == Progress.Partial)
            {
                var read = await reader.ReadAsync(either.Token);
                progress = Take(reader, read, most, out body);
            }

            if (progress == Progress.TooLong) await DrainAsync(reader, either.Token);
            return body;
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new TimeoutException($"the body did not come within {Longest.TotalSeconds:0} s", late);
        }
    }

    private static Progress Take(PipeReader reader, in ReadResult read, int most, out byte[]? body)
    {
        body = null;
        var buffer = read.Buffer;
        if (buffer.Length > most)
        {
            reader.AdvanceTo(buffer.End);
            return Progress.TooLong;
        }

        if (!read.IsCompleted)
        {
            reader.AdvanceTo(buffer.Start, buffer.End);
            return Progress.Partial;
        }

        body = buffer.ToArray();
        reader.AdvanceTo(buffer.End);
        return Progress.Whole;
    }

    // What is not too far over the limit is read to its end, so that the connection stays of use (checklist 14).
    private static async Task DrainAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        for (long dropped = 0; dropped < Drain;)
        {
            var read = await reader.ReadAsync(cancellationToken);
            dropped += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}
