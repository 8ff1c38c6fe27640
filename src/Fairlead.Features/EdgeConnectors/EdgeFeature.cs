using System.Text.Json.Serialization;
using Fairlead.Broker;
using Fairlead.Features.Api;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.EdgeConnectors;

/// <summary>Edge connectors: who they are, whether they are there, what waits at them.</summary>
internal sealed partial class EdgeFeature : IFeature
{
    private const int LargestPage = 500;
    private static readonly TimeSpan WritePeriod = TimeSpan.FromSeconds(1);
    private readonly FeatureContext _context;
    private readonly ILogger _log;
    private ITimer? _timer;

    /// <summary>Makes the slice.</summary>
    public EdgeFeature(FeatureContext context)
    {
        _context = context;
        _log = context.Loggers.CreateLogger("Fairlead.EdgeConnectors");
        Register = new EdgeRegister(context);
    }

    /// <summary>The connectors.</summary>
    public EdgeRegister Register { get; }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("ListEdges", "GET", "/v1/edges", request => new(ApiResponse.Json(
            Page(request.Query("after"), (int)(request.QueryNumber("limit", 1, LargestPage) ?? 100)), EdgeJson.Default.EdgePageDocument))),
        ApiOperation.Hub("ForgetEdge", "DELETE", "/v1/edges/{clientId}", ForgetAsync),
    ];

    /// <inheritdoc/>
    public void Attach(MqttBroker broker)
    {
        broker.AddTopicOwner(new EdgeTopic(_context, Register));
        broker.AddConnectionObserver(Register);
    }

    /// <inheritdoc/>
    public void Start()
    {
        Register.Load();
        _timer = _context.Time.CreateTimer(static state => ((EdgeFeature)state!).Write(), this, WritePeriod, WritePeriod);
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync()
    {
        if (_timer is not null) await _timer.DisposeAsync().ConfigureAwait(false);
        Write();
    }

    /// <summary>A page of connectors.</summary>
    public EdgePageDocument Page(string? after, int limit)
    {
        var found = Register.List(after is { Length: > 0 } ? after : null, limit + 1);
        return new EdgePageDocument([.. found.Take(limit).Select(Describe)], found.Count > limit ? found[limit - 1].ClientId : null, Register.Up, Register.Down);
    }

    private static EdgeDocument Describe(EdgeState edge) => new(
        edge.ClientId, edge.Report.DeviceId, edge.Report.Link, edge.Report.Version, edge.Up, edge.Since, edge.Cause, edge.ReportedAt, edge.Report.Buffered,
        edge.Report.BufferedBytes, NullIfZero(edge.Report.OldestAt), edge.Rate is { } rate ? Math.Round(rate, 1) : null, edge.Report.Sent, edge.Report.Dropped, edge.Report.DeadLettered,
        edge.Report.Blocked, edge.Report.SpoolFault, edge.Report.Reconnects, NullIfZero(edge.Report.ShadowSyncedAt), edge.LastOutage);

    private static long? NullIfZero(long value) => value == 0 ? null : value;

    private async ValueTask<ApiResponse> ForgetAsync(ApiRequest request)
    {
        string clientId = request.Label();
        lock (_context.Documents.Gate)
        {
            if (!Register.Forget(clientId)) throw ApiException.NotFound($"no edge connector {clientId} has reported");
        }

        await _context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private void Write()
    {
        try
        {
            Register.Write();
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(EventId = 5361, Level = LogLevel.Error, Message = "the state of edge connectors could not be written", EventName = "edge_state_failed")]
    private partial void LogFailed(Exception exception);
}

/// <summary>A connector; times are milliseconds since the Unix epoch. All figures are as of <c>reportedAt</c>.</summary>
internal sealed record EdgeDocument(
    string ClientId, string DeviceId, string Link, string Version, bool Up, long Since, string? Cause, long ReportedAt, long Buffered, long BufferedBytes, long? OldestAt, double? Rate,
    long Sent, long Dropped, long DeadLettered, bool Blocked, string? SpoolFault, long Reconnects, long? ShadowSyncedAt, EdgeOutage? LastOutage);

/// <summary>A page of connectors; <c>next</c> is <c>after</c> of the next page.</summary>
internal sealed record EdgePageDocument(IReadOnlyList<EdgeDocument> Edges, string? Next, int Up, int Down);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EdgeState))]
[JsonSerializable(typeof(EdgePageDocument))]
internal sealed partial class EdgeJson : JsonSerializerContext;
