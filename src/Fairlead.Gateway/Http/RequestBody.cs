using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary>Reads bodies, as far as they may be read.</summary>
internal static class RequestBody
{
    private const int Drain = 4 * 1024 * 1024;

    /// <summary>Reads a body.</summary>
    /// <param name="context">Request.</param>
    /// <param name="most">Bytes.</param>
    /// <returns>The body; null when it is longer.</returns>
    public static async Task<byte[]?> ReadAsync(HttpContext context, int most)
    {
        if (context.Request.ContentLength > most)
        {
            await DrainAsync(context);
            return null;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            var buffer = read.Buffer;
            if (buffer.Length > most)
            {
                reader.AdvanceTo(buffer.End);
                await DrainAsync(context);
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
    private static async Task DrainAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        for (long dropped = 0; dropped < Drain;)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            dropped += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}
