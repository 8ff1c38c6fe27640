using Fairlead.Features.Api;
using Fairlead.Features.Logging;

namespace Fairlead.Features.Logs;

/// <summary>Structured events of data operations over HTTP.</summary>
internal sealed class ServedLog(EventLog log)
{
    /// <summary>Runs an operation and writes what became of it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="entry">What is known of it before; made only when it is written.</param>
    /// <param name="serve">Runs the operation; may add to the entry.</param>
    public async ValueTask<ApiResponse> RunAsync(
        ApiRequest request, Func<ApiRequest, LogEntry> entry, Func<ApiRequest, ValueTask<ApiResponse>> serve)
    {
        try
        {
            var response = await serve(request).ConfigureAwait(false);
            if (log.IsOn(EventLogLevel.Info)) log.Succeeded(Complete(request, entry));
            return response;
        }
        catch (ApiException refusal)
        {
            if (log.IsOn(EventLogLevel.Error)) log.Failed(Complete(request, entry), ReasonOf(refusal), refusal.Message);
            throw;
        }
    }

    private static LogEntry Complete(ApiRequest request, Func<ApiRequest, LogEntry> entry)
    {
        var caller = request.Caller;
        return entry(request) with
        {
            TraceId = request.RequestId,
            Protocol = "HTTP",
            PrincipalId = caller.PrincipalId,
            SourceIp = caller.Address is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null,
            SourcePort = caller.Port,
        };
    }

    private static string ReasonOf(ApiException refusal) => refusal.Status switch
    {
        403 => "AUTHORIZATION_FAILURE",
        404 => "RESOURCE_NOT_FOUND",
        413 => "PAYLOAD_TOO_LARGE",
        429 => "THROTTLED",
        >= 500 => "INTERNAL_SERVER_ERROR",
        _ => "INVALID_REQUEST",
    };
}
