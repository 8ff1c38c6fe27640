using System.Globalization;
using System.Text.Json.Serialization;
using Fairlead.Features.Api;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>The AMQP connections and their links, for administrators: made for each look, from memory alone.</summary>
internal sealed class AmqpPages(AmqpEndpoint endpoint)
{
    private const int LargestPage = 500;

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("ListAmqpConnections", "GET", "/v1/amqp/connections", request => new(ApiResponse.Json(
            Connections(request.QueryNumber("after", 0, long.MaxValue) ?? 0, LimitOf(request)), AmqpPageJson.Default.AmqpConnectionPageDocument))),
        ApiOperation.Hub("ListAmqpLinks", "GET", "/v1/amqp/connections/{number}/links", request => new(ApiResponse.Json(
            Links(NumberOf(request.Label()), request.Query("prefix"), request.Query("after"), LimitOf(request)), AmqpPageJson.Default.AmqpLinkPageDocument))),
    ];

    /// <summary>Most rows of a page that a request asks for.</summary>
    public static int LimitOf(ApiRequest request) => (int)(request.QueryNumber("limit", 1, LargestPage) ?? 100);

    /// <summary>The number of a connection.</summary>
    /// <exception cref="ApiException">400: it is none.</exception>
    public static long NumberOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw ApiException.InvalidRequest($"'{text}' is not the number of a connection");

    /// <summary>A page of connections.</summary>
    /// <param name="after">Number of the last one of the page before.</param>
    /// <param name="limit">At most so many.</param>
    public AmqpConnectionPageDocument Connections(long after, int limit)
    {
        var all = endpoint.Connections;
        List<HubConnection> found = [.. all.Where(connection => connection.Number > after).Take(limit + 1)];
        List<AmqpConnectionDocument> page = [.. found.Take(limit).Select(Describe)];
        return new AmqpConnectionPageDocument(page, found.Count > limit ? page[^1].Number : null, all.Count, endpoint.Counters.Links);
    }

    /// <summary>A page of the links of a connection, one row a device or module, in the order of their ids, with the hub's own nodes beside them.</summary>
    /// <param name="number">Number of the connection.</param>
    /// <param name="prefix">Beginning of the device ids; null for all.</param>
    /// <param name="after">The last row of the page before; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <exception cref="ApiException">404: it is not open (any more).</exception>
    public AmqpLinkPageDocument Links(long number, string? prefix, string? after, int limit)
    {
        var connection = endpoint.Connections.FirstOrDefault(one => one.Number == number) ?? throw ApiException.NotFound($"the AMQP connection {number} is not open any more");
        var links = connection.Links;
        var nodes = links.Where(static link => link.Identity.DeviceId is null).GroupBy(static link => link.Kind.ToString(), StringComparer.Ordinal).OrderBy(static node => node.Key, StringComparer.Ordinal);
        var rows = links.Where(static link => link.Identity.DeviceId is not null).GroupBy(static link => link.Identity.ToString(), StringComparer.Ordinal)
            .Where(row => (string.IsNullOrEmpty(prefix) || row.Key.StartsWith(prefix, StringComparison.Ordinal)) && (string.IsNullOrEmpty(after) || string.CompareOrdinal(row.Key, after) > 0))
            .OrderBy(static row => row.Key, StringComparer.Ordinal);
        List<IGrouping<string, HubLink>> found = [.. rows.Take(limit + 1)];
        List<AmqpRowDocument> page = [.. found.Take(limit).Select(Describe)];
        return new AmqpLinkPageDocument(Describe(connection), [.. nodes.Select(Describe)], page, found.Count > limit ? page[^1].Name : null);
    }

    private static AmqpConnectionDocument Describe(HubConnection connection)
    {
        var links = connection.Links;
        return new AmqpConnectionDocument(
            connection.Number, connection.Container, connection.Remote, connection.Transport.Listener, connection.Since,
            links.Where(static link => link.Identity.DeviceId is not null).DistinctBy(static link => link.Identity).Count(), links.Count,
            links.Sum(static link => (long)(link.Link?.Unsettled ?? 0)), StalledOf(links), connection.RejectedBefore + links.Sum(static link => link.Link?.Rejected ?? 0));
    }

    private static AmqpRowDocument Describe(IGrouping<string, HubLink> row)
    {
        List<AmqpLinkDocument> links = [.. row.Select(static link => new AmqpLinkDocument(
            link.Kind.ToString(), link.IsSender ? "out" : "in", link.Link?.Credit ?? 0, link.Link?.Unsettled ?? 0, Seconds(link.Link?.Stalled ?? TimeSpan.Zero), link.Link?.Rejected ?? 0))];
        return new AmqpRowDocument(row.Key, links, links.Sum(static link => (long)link.Unsettled), StalledOf(row), links.Sum(static link => link.Rejected));
    }

    private static int StalledOf(IEnumerable<HubLink> links) => links.Select(static link => Seconds(link.Link?.Stalled ?? TimeSpan.Zero)).DefaultIfEmpty().Max();

    private static int Seconds(TimeSpan time) => (int)Math.Min(time.TotalSeconds, int.MaxValue);
}

/// <summary>An AMQP connection. <c>stalled</c> is for how many seconds some link has had unsettled deliveries of which none was settled.</summary>
internal sealed record AmqpConnectionDocument(
    long Number, string Container, string Remote, string Listener, long Since, int Devices, int Links, long Unsettled, int Stalled, long Rejected);

/// <summary>A page of connections; <c>next</c> is <c>after</c> of the next page.</summary>
internal sealed record AmqpConnectionPageDocument(IReadOnlyList<AmqpConnectionDocument> Connections, long? Next, int Total, long Links);

/// <summary>A link; its direction is seen from the hub.</summary>
internal sealed record AmqpLinkDocument(string Kind, string Direction, uint Credit, int Unsettled, int Stalled, long Rejected);

/// <summary>What one device, or a peer at one node of the hub, has attached on a connection.</summary>
internal sealed record AmqpRowDocument(string Name, IReadOnlyList<AmqpLinkDocument> Links, long Unsettled, int Stalled, long Rejected);

/// <summary>A page of rows of a connection; <c>next</c> is <c>after</c> of the next page.</summary>
internal sealed record AmqpLinkPageDocument(
    AmqpConnectionDocument Connection, IReadOnlyList<AmqpRowDocument> Nodes, IReadOnlyList<AmqpRowDocument> Rows, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AmqpConnectionPageDocument))]
[JsonSerializable(typeof(AmqpLinkPageDocument))]
internal sealed partial class AmqpPageJson : JsonSerializerContext;
