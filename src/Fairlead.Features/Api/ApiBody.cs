using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Features.Api;

/// <summary>Reads the body of a request, no further than its operation allows.</summary>
internal static class ApiBody
{
    /// <summary>Reads it to its end.</summary>
    /// <exception cref="ApiException">413 of the data plane, otherwise 400: it is too large; 400 and 408: it does not come as it should.</exception>
    public static ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, ApiOperation operation) =>
        ReadAsync(context, operation.MaximumBody, operation.Service == ApiService.Data);

    /// <summary>Reads it to its end.</summary>
    /// <param name="context">The request.</param>
    /// <param name="maximum">Longest body in bytes.</param>
    /// <param name="ofData">Whether the error is one of the data plane.</param>
    /// <exception cref="ApiException">413 of the data plane, otherwise 400: it is too large; 400 and 408: it does not come as it should.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int maximum, bool ofData)
    {
        if (context.Request.ContentLength > maximum) throw TooLarge(maximum, ofData);
        if (context.Request.ContentLength is 0) return default;
        // The server's own limit is for all operations; the answer to what is too large is ours.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = maximum + 1L;
        try
        {
            return await ReadAllAsync(context, maximum, ofData).ConfigureAwait(false);
        }
        catch (BadHttpRequestException bad)
        {
            throw bad.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => TooLarge(maximum, ofData),
                StatusCodes.Status408RequestTimeout => new ApiException(408, "RequestTimeoutException", "the body came too slowly"),
                _ => ApiException.InvalidRequest("the body is not framed as HTTP asks"),
            };
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(HttpContext context, int maximum, bool ofData)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            if (result.Buffer.Length > maximum) throw TooLarge(maximum, ofData);
            if (!result.IsCompleted)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }

            var body = result.Buffer.ToArray();
            reader.AdvanceTo(result.Buffer.End);
            return body;
        }
    }

    private static ApiException TooLarge(int maximum, bool ofData) => ofData
        ? new ApiException(413, "RequestEntityTooLargeException", $"the body is larger than {maximum} bytes")
        : ApiException.InvalidRequest($"the body is larger than {maximum} bytes");
}
