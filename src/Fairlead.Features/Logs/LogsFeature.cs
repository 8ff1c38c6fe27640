using System.Text;
using System.Threading.Channels;
using Fairlead.Features.Api;
using Fairlead.Features.Logging;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Logs;

/// <summary>The structured log for administrators: <c>GET /v1/logs</c>, one JSON object a line, with <c>follow=true</c> as they come.</summary>
internal sealed class LogsFeature : IFeature
{
    private const int MostLines = 10_000;
    private const int UsualLines = 100;
    private readonly EventLog _log;
    private readonly LogFiles _files;
    private readonly LogWriter _writer;

    /// <summary>Makes the slice.</summary>
    public LogsFeature(FeatureContext context, EventLog log, LogFiles files)
    {
        _log = log;
        _files = files;
        _writer = new LogWriter(log, _files, new Logger<LogWriter>(context.Loggers));
    }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => [ApiOperation.Hub("TailLog", "GET", "/v1/logs", TailAsync)];

    /// <inheritdoc/>
    public void Start() => _writer.Start();

    /// <inheritdoc/>
    public async ValueTask StopAsync() => await _writer.StopAsync().ConfigureAwait(false);

    /// <summary>Lines as they are written from now on.</summary>
    /// <exception cref="ApiException">503: too many follow already.</exception>
    public Channel<string> Follow() => _writer.Follow() ?? throw ApiException.ServiceUnavailable("too many follow the log already");

    /// <summary>Ends that.</summary>
    public void Unfollow(Channel<string> follower) => _writer.Unfollow(follower);

    /// <summary>The last lines that somebody wants to see, oldest first.</summary>
    public async Task<IReadOnlyList<string>> LastAsync(LogFilter filter, int limit)
    {
        await _log.WrittenAsync().ConfigureAwait(false);
        return LastLines(filter, limit);
    }

    private async ValueTask<ApiResponse> TailAsync(ApiRequest request)
    {
        var filter = FilterOf(request);
        var limit = (int)(request.QueryNumber("limit", 0, MostLines) ?? UsualLines);
        // Before what is there is read, so that nothing falls between.
        var follower = request.QueryBoolean("follow") is true
            ? Follow()
            : null;
        IReadOnlyList<string> last;
        try
        {
            await _log.WrittenAsync().ConfigureAwait(false);
            last = LastLines(filter, limit);
        }
        catch when (follower is not null)
        {
            _writer.Unfollow(follower);
            throw;
        }

        return new ApiResponse(200, follower is null ? Join(last) : default)
        {
            ContentType = "application/x-ndjson",
            Stream = follower is null ? null : (body, gone) => FollowAsync(follower, last, filter, body, gone),
        };
    }

    /// <summary>The filter that a request asks for.</summary>
    /// <exception cref="ApiException">400: it is malformed.</exception>
    public static LogFilter FilterOf(ApiRequest request)
    {
        var topic = request.Query("topic");
        if (topic is not null && !TopicFilter.IsValid(topic)) throw ApiException.InvalidRequest("topic must be a Topic Filter");
        var name = request.Query("level");
        EventLogLevel? level = name is null
            ? null
            : EventLogLevels.Parse(name.ToUpperInvariant()) ?? throw ApiException.InvalidRequest($"level must be debug, info, warn or error, not '{name}'");
        return new LogFilter(request.Query("client"), topic, level) { Address = request.Query("address") is { Length: > 0 } address ? address : null };
    }

    private static byte[] Join(IReadOnlyList<string> lines) =>
        lines.Count == 0 ? [] : Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");

    private List<string> LastLines(LogFilter filter, int limit)
    {
        var found = new List<string>();
        foreach (var file in _files.FilesFromNewest())
        {
            if (found.Count == limit) break;
            var wanted = file.Where(filter.Matches).TakeLast(limit - found.Count).ToList();
            found.InsertRange(0, wanted);
        }

        return found;
    }

    private async Task FollowAsync(Channel<string> follower, IReadOnlyList<string> last, LogFilter filter, Stream body, CancellationToken gone)
    {
        try
        {
            await body.WriteAsync(Join(last), gone).ConfigureAwait(false);
            await body.FlushAsync(gone).ConfigureAwait(false);
            // What was written between the start of following and the reading of the files is in both.
            var shown = last.ToHashSet(StringComparer.Ordinal);
            await foreach (var line in follower.Reader.ReadAllAsync(gone).ConfigureAwait(false))
            {
                if (shown.Remove(line) || !filter.Matches(line)) continue;
                await body.WriteAsync(Join([line]), gone).ConfigureAwait(false);
                if (!follower.Reader.TryPeek(out _)) await body.FlushAsync(gone).ConfigureAwait(false);
            }
        }
        finally
        {
            _writer.Unfollow(follower);
        }
    }
}
