using Fairlead.Broker;
using Fairlead.Features.Api;
using Fairlead.Features.Console.Live;
using Fairlead.Features.Console.Messages;
using Fairlead.Features.Console.Topics;
using Fairlead.Features.Logging;
using Fairlead.Features.Policies;
using Fairlead.Features.Rules.Sql.Functions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Console;

/// <summary>What the web console needs beyond the other APIs: live streams, the test client, and what only the program itself knows.</summary>
internal sealed class ConsoleFeature : IFeature
{
    private const int LongestUserName = 128;
    private const int ShortestPassword = 8;
    private readonly FeatureContext _context;
    private readonly HubViews _views;
    private readonly StreamPlaces _places = new();
    private readonly TopicTap _tap = new();
    private readonly TopicPages _topics;
    private readonly TopicListings _listings;
    private readonly TopicMessages _messages;
    private readonly TestClient _testClient;
    private readonly LogPages _logs;

    /// <summary>Makes the slice.</summary>
    public ConsoleFeature(FeatureContext context, HubRecords records, ViewSources sources, DataPlaneServices dataPlane, LoggingLevels levels, ExplainFeature explain)
    {
        _context = context;
        _views = new HubViews(context, records, sources);
        _topics = new TopicPages(context, _tap, _places);
        _listings = new TopicListings(context, _tap);
        _messages = new TopicMessages(context, _tap, _places);
        _testClient = new TestClient(context, _tap, _places, explain);
        _logs = new LogPages(context, dataPlane.Logs, levels, _places);
    }

    /// <summary>The program; null in a hub without one, which then has no such pages.</summary>
    public IConsoleHost? Host { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("WatchView", "GET", "/v1/console/live/{view}", request => new(Watch(request))),
        ApiOperation.Hub("ListRuleFunctions", "GET", "/v1/console/functions", _ => new(Functions())),
        ApiOperation.Hub("DisconnectClient", "POST", "/v1/console/clients/{clientId}/disconnect", request => new(Disconnect(request))),
        ApiOperation.Hub("GetMetricHistory", "GET", "/v1/console/metrics", request => new(Metrics(request))),
        ApiOperation.Hub("GetConsoleSettings", "GET", "/v1/console/settings", _ => new(ApiResponse.Json(TheHost().Settings(), ConsoleJson.Default.ConsoleSettingsDocument))),
        ApiOperation.Hub("MakeConsoleLink", "POST", "/v1/console/links", request => new(MakeLink(request))),
        ApiOperation.Hub("SetUser", "PUT", "/v1/console/users/{name}", request => new(SetUser(request))),
        ApiOperation.Hub("RemoveUser", "DELETE", "/v1/console/users/{name}", request => new(RemoveUser(request))),
        .. _topics.Operations,
        .. _listings.Operations,
        .. _messages.Operations,
        .. _testClient.Operations,
        .. _logs.Operations,
    ];

    /// <inheritdoc/>
    public void Attach(MqttBroker broker) => broker.AddPublishTap(_tap);

    /// <inheritdoc/>
    public void Start() => _logs.Start();

    /// <inheritdoc/>
    public ValueTask StopAsync()
    {
        _logs.Stop();
        _listings.Stop();
        return default;
    }

    private static ApiResponse Functions() => ApiResponse.Json(
        new FunctionListDocument([.. SqlFunctions.Names.Concat(SqlFunctions.OutsideNames).Order(StringComparer.Ordinal)]), ConsoleJson.Default.FunctionListDocument);

    private IConsoleHost TheHost() => Host ?? throw ApiException.ServiceUnavailable("this hub runs without a console");

    private ApiResponse Watch(ApiRequest request)
    {
        var (period, look) = _views.Find(request);
        return _places.Open(stream => LiveView.RunAsync(_context.Time, period, look, stream));
    }

    private ApiResponse Disconnect(ApiRequest request)
    {
        var client = request.Label();
        return _context.Broker.Disconnect(client, ReasonCode.AdministrativeAction, $"disconnected by {request.Caller.PrincipalId}")
            ? ApiResponse.Done
            : throw ApiException.NotFound($"no client {client} is connected");
    }

    private ApiResponse Metrics(ApiRequest request) =>
        ApiResponse.Json(TheHost().Metrics((int)(request.QueryNumber("seconds", 1, 86_400) ?? 900)), ConsoleJson.Default.MetricHistoryDocument);

    private ApiResponse MakeLink(ApiRequest request)
    {
        var name = request.Body(ConsoleJson.Default.LinkInput).Role ?? "admin";
        var role = RoleRights.Parse(name) ?? throw ApiException.InvalidRequest($"role must be viewer, operator or admin, not '{name}'");
        return ApiResponse.Json(TheHost().MakeLink(role), ConsoleJson.Default.LinkDocument);
    }

    private ApiResponse SetUser(ApiRequest request)
    {
        var input = request.Body(ConsoleJson.Default.UserInput);
        var name = request.Label();
        if (name.Length is 0 or > LongestUserName || name.Any(char.IsControl)) throw ApiException.InvalidRequest($"a user name has 1 to {LongestUserName} characters");
        if (input.Password is not { Length: >= ShortestPassword } password) throw ApiException.InvalidRequest($"a password has at least {ShortestPassword} characters");
        var role = RoleRights.Parse(input.Role) ?? throw ApiException.InvalidRequest("role must be viewer, operator or admin");
        TheHost().SetUser(name, password, role);
        return ApiResponse.Done;
    }

    private ApiResponse RemoveUser(ApiRequest request)
    {
        var name = request.Label();
        if (name == request.Caller.PrincipalId) throw ApiException.InvalidRequest("nobody removes the user that is signed in");
        return TheHost().RemoveUser(name) ? ApiResponse.Done : throw ApiException.NotFound($"there is no user {name}");
    }
}
