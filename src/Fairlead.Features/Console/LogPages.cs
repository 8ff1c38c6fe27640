using System.Text.Json;
using System.Threading.Channels;
using Fairlead.Features.Api;
using Fairlead.Features.Documents;
using Fairlead.Features.Logging;
using Fairlead.Features.Logs;

namespace Fairlead.Features.Console;

/// <summary>
/// The page of logs: the structured log as it is written, and traces that end by themselves. What runs is kept with the level that it set, so that
/// it ends at its time after a crash too.
/// </summary>
internal sealed class LogPages(FeatureContext context, LogsFeature logs, LoggingLevels levels, StreamPlaces places)
{
    private const int LinesOfBatch = 100;
    private const int UsualLines = 200;
    private const int MostLines = 1_000;
    private const int UsualTrace = 600;
    private const int LongestTrace = 3_600;
    private const int MostTraces = 50;
    private const string ClientTarget = "CLIENT_ID";
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (TraceDocument Trace, ITimer Timer)> _traces = new(StringComparer.Ordinal);
    private readonly RecordTable<TraceDocument> _kept = new(context.Documents, "console-traces", ConsoleJson.Default.TraceDocument);

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("WatchLog", "GET", "/v1/console/logs", request => new(Watch(request))),
        ApiOperation.Hub("ListTraces", "GET", "/v1/console/traces", _ => new(List())),
        ApiOperation.Hub("StartTrace", "POST", "/v1/console/traces", StartAsync),
        ApiOperation.Hub("StopTrace", "DELETE", "/v1/console/traces/{clientId}", StopAsync),
    ];

    /// <summary>Takes up the traces that ran when the hub stopped; those whose time has come meanwhile end now.</summary>
    public void Start()
    {
        List<TraceDocument> kept;
        lock (context.Documents.Gate) kept = [.. _kept.After(null).Select(static entry => entry.Value)];
        foreach (var trace in kept) Run(trace);
    }

    /// <summary>Ends what waits, when the hub does. The traces go on with the next start.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            foreach (var (_, trace) in _traces) trace.Timer.Dispose();
            _traces.Clear();
        }
    }

    private ApiResponse Watch(ApiRequest request)
    {
        var filter = LogsFeature.FilterOf(request);
        var limit = (int)(request.QueryNumber("limit", 0, MostLines) ?? UsualLines);
        return places.Open(stream => RunAsync(filter, limit, stream));
    }

    private async Task RunAsync(LogFilter filter, int limit, EventStream stream)
    {
        var follower = logs.Follow();
        try
        {
            var last = await logs.LastAsync(filter, limit).ConfigureAwait(false);
            await SendAsync(stream, last, 0).ConfigureAwait(false);
            await FollowAsync(follower.Reader, filter, last.ToHashSet(StringComparer.Ordinal), stream).ConfigureAwait(false);
        }
        finally
        {
            logs.Unfollow(follower);
        }
    }

    private async Task FollowAsync(ChannelReader<string> lines, LogFilter filter, HashSet<string> shown, EventStream stream)
    {
        using var timer = new PeriodicTimer(Period, context.Time);
        var quiet = 0;
        while (await timer.WaitForNextTickAsync(stream.Gone).ConfigureAwait(false))
        {
            var batch = new Queue<string>();
            var skipped = 0L;
            while (lines.TryRead(out var line))
            {
                if (shown.Remove(line) || !filter.Matches(line)) continue;
                batch.Enqueue(line);
                // The newest are those that somebody waits for.
                if (batch.Count <= LinesOfBatch) continue;
                batch.Dequeue();
                skipped++;
            }

            if (batch.Count > 0) await SendAsync(stream, batch, skipped).ConfigureAwait(false);
            else if (++quiet % 40 == 0) await stream.BeatAsync().ConfigureAwait(false);
        }
    }

    private static Task SendAsync(EventStream stream, IEnumerable<string> lines, long skipped)
    {
        var parsed = new List<JsonElement>();
        foreach (var line in lines)
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                parsed.Add(document.RootElement.Clone());
            }
            catch (JsonException)
            {
                skipped++; // cut off by a crash
            }
        }

        return stream.SendAsync("lines", ConsoleJson.Write(new LogBatchDocument(parsed, skipped), ConsoleJson.Default.LogBatchDocument));
    }

    private ApiResponse List()
    {
        lock (_lock)
        {
            return ApiResponse.Json(
                new TraceListDocument([.. _traces.Values.Select(static trace => trace.Trace).OrderBy(static trace => trace.ClientId, StringComparer.Ordinal)]),
                ConsoleJson.Default.TraceListDocument);
        }
    }

    private async ValueTask<ApiResponse> StartAsync(ApiRequest request)
    {
        var input = request.Body(ConsoleJson.Default.TraceInput);
        if (input.ClientId is not { Length: > 0 and <= 128 } client) throw ApiException.InvalidRequest("clientId is missing, or longer than 128 characters");
        var seconds = input.Seconds ?? UsualTrace;
        if (seconds is < 1 or > LongestTrace) throw ApiException.InvalidRequest($"seconds must be 1 to {LongestTrace}");
        lock (_lock)
        {
            if (!_traces.ContainsKey(client) && _traces.Count >= MostTraces) throw ApiException.LimitExceeded($"{MostTraces} traces run already: end one");
        }

        TraceDocument trace;
        lock (context.Documents.Gate)
        {
            trace = new TraceDocument(client, context.Now, context.Now + (seconds * 1_000L), LevelBefore(client));
            context.Documents.InOne(() =>
            {
                // Levels of single clients need options, as with AWS; what the hub does without any is written down then.
                if (levels.Current is null) levels.Save(new LoggingOptions(LoggingLevels.Unconfigured, IsDisabled: false));
                levels.Targets.Save(LoggingLevels.KeyOf(ClientTarget, client), new LoggingTarget(ClientTarget, client, EventLogLevel.Debug));
                _kept.Save(client, trace);
            });
        }

        Run(trace);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return List();
    }

    private async ValueTask<ApiResponse> StopAsync(ApiRequest request)
    {
        End(request.Label());
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return List();
    }

    private void Run(TraceDocument trace)
    {
        var left = TimeSpan.FromMilliseconds(Math.Max(0, trace.EndsAt - context.Now));
        lock (_lock)
        {
            if (_traces.Remove(trace.ClientId, out var before)) before.Timer.Dispose();
            _traces[trace.ClientId] = (trace, context.Time.CreateTimer(_ => End(trace.ClientId), null, left, Timeout.InfiniteTimeSpan));
        }
    }

    private void End(string client)
    {
        (TraceDocument Trace, ITimer Timer) ended;
        lock (_lock)
        {
            if (!_traces.Remove(client, out ended)) return;
            ended.Timer.Dispose();
        }

        lock (context.Documents.Gate)
        {
            context.Documents.InOne(() =>
            {
                Restore(client, ended.Trace.LevelBefore);
                _ = _kept.Remove(client);
            });
        }
    }

    // Under the gate. One that runs already has replaced what was there before it.
    private string? LevelBefore(string client)
    {
        if (_kept.Find(client) is { } running) return running.LevelBefore;
        return levels.Targets.Find(LoggingLevels.KeyOf(ClientTarget, client)) is { } set ? EventLogLevels.NameOf(set.Level) : null;
    }

    // Under the gate. What somebody has set or taken away meanwhile stays so.
    private void Restore(string client, string? before)
    {
        var key = LoggingLevels.KeyOf(ClientTarget, client);
        if (levels.Targets.Find(key) is not { Level: EventLogLevel.Debug }) return;
        if (before is not null && EventLogLevels.Parse(before) is { } level) levels.Targets.Save(key, new LoggingTarget(ClientTarget, client, level));
        else _ = levels.Targets.Remove(key);
    }
}
