using System.Text;

namespace Fairlead.Features.Api;

/// <summary>Answers of data operations that say no more than that they were served.</summary>
internal static class DataAnswer
{
    private static ReadOnlySpan<byte> Before => "{\"message\":\"OK\",\"traceId\":\""u8;

    private static ReadOnlySpan<byte> After => "\"}"u8;

    /// <summary>200 with the request's id as <c>traceId</c>.</summary>
    public static ApiResponse Ok(string requestId)
    {
        var body = new byte[Before.Length + requestId.Length + After.Length];
        Before.CopyTo(body);
        Encoding.ASCII.GetBytes(requestId, body.AsSpan(Before.Length));
        After.CopyTo(body.AsSpan(Before.Length + requestId.Length));
        return new ApiResponse(200, body);
    }
}
