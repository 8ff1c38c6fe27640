using System.Text;
using Fairlead.Features.Api;
using Fairlead.Features.Console.Messages;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Console.Topics;

/// <summary><c>GET /v1/topics/messages</c>: messages as they are published, one JSON object a line, what is retained first.</summary>
internal sealed class TopicMessages(FeatureContext context, TopicTap tap, StreamPlaces places)
{
    private const int MostMessages = 1_000_000;
    private const int LongestStream = 86_400;
    private const int TicksToBeat = 100;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> Operations => [ApiOperation.Hub("ReadTopicMessages", "GET", "/v1/topics/messages", request => new(Read(request)))];

    private ApiResponse Read(ApiRequest request)
    {
        var filter = request.Query("filter") ?? "";
        if (!TopicFilter.IsValid(filter) || TopicFilter.IsShared(filter)) throw ApiException.InvalidRequest($"filter must be a Topic Filter, not a shared one: '{filter}'");
        var count = request.QueryNumber("count", 1, MostMessages);
        var seconds = request.QueryNumber("for", 1, LongestStream);
        var retained = request.QueryBoolean("retained") ?? true;
        return places.Open("application/x-ndjson", (body, gone) => RunAsync(filter, retained, count, seconds, body, gone));
    }

    private async Task RunAsync(string filter, bool retained, long? count, long? seconds, Stream body, CancellationToken gone)
    {
        var viewer = new MessageViewer([Encoding.UTF8.GetBytes(filter)], context.Time);
        tap.Add(viewer);
        try
        {
            if (retained) TestClient.OfferRetained(context, viewer, 0);
            // Whoever reads sees by it that from now on nothing is missed.
            await WriteAsync(body, ConsoleJson.Write(new WatchingDocument(filter), ConsoleJson.Default.WatchingDocument), gone).ConfigureAwait(false);
            await body.FlushAsync(gone).ConfigureAwait(false);
            await SendAsync(viewer, count ?? long.MaxValue, seconds, body, gone).ConfigureAwait(false);
        }
        finally
        {
            tap.Remove(viewer);
        }
    }

    private async Task SendAsync(MessageViewer viewer, long left, long? seconds, Stream body, CancellationToken gone)
    {
        using var timer = new PeriodicTimer(Period, context.Time);
        var began = context.Time.GetTimestamp();
        var quiet = 0;
        do
        {
            var written = false;
            while (left > 0 && viewer.Messages.Reader.TryRead(out var message))
            {
                left--;
                written = true;
                await WriteAsync(body, ConsoleJson.Write(message, ConsoleJson.Default.MessageDocument), gone).ConfigureAwait(false);
            }

            if (viewer.TakeSkipped() is > 0 and var skipped)
            {
                written = true;
                await WriteAsync(body, ConsoleJson.Write(new SkippedDocument(skipped), ConsoleJson.Default.SkippedDocument), gone).ConfigureAwait(false);
            }

            if (!written && ++quiet % TicksToBeat == 0) await body.WriteAsync(LineEnd, gone).ConfigureAwait(false);
            await body.FlushAsync(gone).ConfigureAwait(false);
            if (left == 0 || (seconds is { } limit && context.Time.GetElapsedTime(began).TotalSeconds >= limit)) return;
        }
        while (await timer.WaitForNextTickAsync(gone).ConfigureAwait(false));
    }

    private static async Task WriteAsync(Stream body, byte[] line, CancellationToken gone)
    {
        await body.WriteAsync(line, gone).ConfigureAwait(false);
        await body.WriteAsync(LineEnd, gone).ConfigureAwait(false);
    }
}
