using System.Buffers;
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

    /// <summary>Reads a body.</summary>
    /// <param name="context">Request.</param>
    /// <param name="most">Bytes.</param>
    /// <param name="time">Clock.</param>
    /// <returns>The body; null when it is longer.</returns>
    /// <exception cref="TimeoutException">It did not come within <see cref="Longest"/>.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContext context, int most, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            return await ReadAsync(context, most, either.Token);
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new TimeoutException($"the body did not come within {Longest.TotalSeconds:0} s", late);
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpContext context, int most, CancellationToken cancellationToken)
    {
        if (context.Request.ContentLength > most)
        {
            await DrainAsync(context, cancellationToken);
            return null;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.Length > most)
            {
                reader.AdvanceTo(buffer.End);
                await DrainAsync(context, cancellationToken);
                return null;
            }

            if (read.IsCompleted)
            {
                byte[] body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return body;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    // What is not too far over the limit is read to its end, so that the connection stays of use (checklist 14).
    private static async Task DrainAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var reader = context.Request.BodyReader;
        for (long dropped = 0; dropped < Drain;)
        {
            var read = await reader.ReadAsync(cancellationToken);
            dropped += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}
