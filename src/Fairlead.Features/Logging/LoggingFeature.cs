using System.Collections.Immutable;
using System.Net;
using Fairlead.Features.Api;

namespace Fairlead.Features.Logging;

/// <summary>The logging operations (spec/aws-registry-and-policies, section 10). What they set, <see cref="LoggingLevels"/> answers.</summary>
internal sealed class LoggingFeature(FeatureContext context, LoggingLevels levels) : IFeature
{
    private const string Default = "DEFAULT";
    private const int MostTargets = 1_000;
    private const int LongestText = 2_048;

    private static readonly string[] TargetTypes = ["CLIENT_ID", Default, "PRINCIPAL_ID", "SOURCE_IP", "THING_GROUP"];

    // spec/aws-messaging, section 5.2.
    private static readonly ImmutableSortedSet<string> EventTypes = ImmutableSortedSet.Create(
        StringComparer.Ordinal,
        "AddThingToDynamicThingGroupsFailed", "Connect", "Connection.AuthNError", "DeleteConnection", "DeleteThingShadow", "DescribeJobExecution", "Disconnect",
        "FunctionExecution", "GetConnection", "GetDeviceCredentials", "GetPendingJobExecution", "GetRetainedMessage", "GetThingShadow",
        "ListRetainedMessage", "ListSubscriptions", "Ping", "ProvisionDevice", "Publish-In", "Publish-Out", "Queued", "ReportFinalJobExecutionCount",
        "RuleExecution", "RuleMatch", "RuleMessageThrottled", "RuleNotFound", "SendDirectMessage", "StartNextPendingJobExecution",
        "StartingRuleExecution", "Subscribe", "Unsubscribe", "UpdateJobExecution", "UpdateThingShadow");

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("SetV2LoggingOptions", "POST", "/v2LoggingOptions", SetOptionsAsync),
        ApiOperation.Control("GetV2LoggingOptions", "GET", "/v2LoggingOptions", GetOptions),
        ApiOperation.Control("SetV2LoggingLevel", "POST", "/v2LoggingLevel", SetLevelAsync),
        ApiOperation.Control("ListV2LoggingLevels", "GET", "/v2LoggingLevel", ListLevels),
        ApiOperation.Control("DeleteV2LoggingLevel", "DELETE", "/v2LoggingLevel", DeleteLevelAsync),
        ApiOperation.Control("SetLoggingOptions", "POST", "/loggingOptions", SetOldOptionsAsync),
        ApiOperation.Control("GetLoggingOptions", "GET", "/loggingOptions", GetOldOptions),
    ];

    private LoggingOptions Present => levels.Current ?? new LoggingOptions(LoggingLevels.Unconfigured, false);

    private static EventLogLevel? ParseLevel(string? name, string member) => name is null
        ? null
        : EventLogLevels.Parse(name) ?? throw ApiException.InvalidRequest($"{member} must be DEBUG, INFO, WARN, ERROR or DISABLED, not '{name}'");

    private static string ParseType(string? type) => type is not null && TargetTypes.Contains(type, StringComparer.Ordinal)
        ? type
        : throw ApiException.InvalidRequest($"targetType must be one of {string.Join(", ", TargetTypes)}");

    private static string ParseName(string type, string? name)
    {
        if (name is not { Length: > 0 and <= LongestText }) throw ApiException.InvalidRequest($"targetName must have 1 to {LongestText} characters for targetType {type}");
        if (type != "SOURCE_IP") return name;
        return IPAddress.TryParse(name, out var address) ? address.ToString() : throw ApiException.InvalidRequest($"'{name}' is no IP address");
    }

    private static ApiException NotConfigured() => new(404, "NotConfiguredException", "no logging options are set: SetV2LoggingOptions comes first");

    private static ImmutableSortedDictionary<string, EventLogging> ParseEvents(IReadOnlyList<EventLoggingDocument> events)
    {
        var parsed = ImmutableSortedDictionary.CreateBuilder<string, EventLogging>(StringComparer.Ordinal);
        foreach (var one in events)
        {
            if (one?.EventType is not { } type) throw ApiException.InvalidRequest("each of eventConfigurations needs an eventType");
            if (!EventTypes.Contains(type)) throw ApiException.InvalidRequest($"eventType '{type}' is not one of {string.Join(", ", EventTypes)}");
            if (one.LogDestination is { Length: 0 or > 512 }) throw ApiException.InvalidRequest("logDestination must have 1 to 512 characters");
            if (!parsed.TryAdd(type, new EventLogging(ParseLevel(one.LogLevel, "logLevel"), one.LogDestination)))
                throw ApiException.InvalidRequest($"eventType '{type}' is given twice");
        }

        return parsed.ToImmutable();
    }

    private static EventLoggingDocument Describe(string type, EventLogging logging) =>
        new(type, logging.Level is { } level ? EventLogLevels.NameOf(level) : null, logging.Destination);

    private async ValueTask<ApiResponse> SetOptionsAsync(ApiRequest request)
    {
        var input = request.Body(LoggingJson.Default.LoggingOptionsDocument);
        var level = ParseLevel(input.DefaultLogLevel, "defaultLogLevel");
        var events = input.EventConfigurations is { } given ? ParseEvents(given) : null;
        if (input.RoleArn is { Length: > LongestText }) throw ApiException.InvalidRequest($"roleArn has at most {LongestText} characters");
        lock (context.Documents.Gate)
        {
            var before = Present;
            levels.Save(before with
            {
                DefaultLevel = level ?? before.DefaultLevel,
                IsDisabled = input.DisableAllLogs ?? false,
                RoleArn = input.RoleArn ?? before.RoleArn,
                Events = events ?? before.Events,
            });
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private ValueTask<ApiResponse> GetOptions(ApiRequest request)
    {
        var isVerbose = request.QueryBoolean("verbose") ?? false;
        var options = levels.Current ?? throw NotConfigured();
        IEnumerable<EventLoggingDocument> events = isVerbose
            ? EventTypes.Select(type => new EventLoggingDocument(
                type, EventLogLevels.NameOf(levels.LevelFor(type)), options.Events.GetValueOrDefault(type)?.Destination))
            : options.Events.Select(static pair => Describe(pair.Key, pair.Value));
        return new(ApiResponse.Json(
            new LoggingOptionsDocument(options.RoleArn, EventLogLevels.NameOf(options.DefaultLevel), options.IsDisabled, [.. events]),
            LoggingJson.Default.LoggingOptionsDocument));
    }

    private async ValueTask<ApiResponse> SetLevelAsync(ApiRequest request)
    {
        var input = request.Body(LoggingJson.Default.LoggingTargetDocument);
        var type = ParseType(input.LogTarget?.TargetType);
        var level = ParseLevel(input.LogLevel, "logLevel") ?? throw ApiException.InvalidRequest("logLevel is missing");
        if (type == Default && input.LogTarget?.TargetName is { Length: > 0 }) throw ApiException.InvalidRequest("targetType DEFAULT takes no targetName");
        var name = type == Default ? "" : ParseName(type, input.LogTarget?.TargetName);
        lock (context.Documents.Gate)
        {
            if (levels.Current is not { } options) throw NotConfigured();
            if (type == Default)
            {
                levels.Save(options with { DefaultLevel = level });
            }
            else
            {
                var key = LoggingLevels.KeyOf(type, name);
                if (levels.Targets.Find(key) is null && levels.Targets.Count >= MostTargets) throw ApiException.LimitExceeded($"there are {MostTargets} levels already: delete some");
                levels.Targets.Save(key, new LoggingTarget(type, name, level));
            }
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private ValueTask<ApiResponse> ListLevels(ApiRequest request)
    {
        var type = request.Query("targetType") is { } given ? ParseType(given) : null;
        var paging = Paging.Registry(request);
        lock (context.Documents.Gate)
        {
            var options = levels.Current ?? throw NotConfigured();
            // The account's own level comes first; no key is before "DEFAULT" but those of CLIENT_ID, and paging only needs an order that stays.
            IEnumerable<KeyValuePair<string, LoggingTarget>> all = paging.After is null
                ? levels.Targets.After(null).Prepend(new(Default, new LoggingTarget(Default, "", options.DefaultLevel)))
                : levels.Targets.After(paging.After == Default ? null : paging.After);
            var page = paging.Take(all.Where(entry => type is null || entry.Value.Type == type), static entry => entry.Key, out var next);
            return new(ApiResponse.Json(
                new LoggingTargetListDocument(
                    [.. page.Select(static entry => new LoggingTargetDocument(
                        new LogTargetDocument(entry.Value.Type, entry.Value.Name.Length > 0 ? entry.Value.Name : null), EventLogLevels.NameOf(entry.Value.Level)))],
                    next),
                LoggingJson.Default.LoggingTargetListDocument));
        }
    }

    private async ValueTask<ApiResponse> DeleteLevelAsync(ApiRequest request)
    {
        var type = ParseType(request.Query("targetType"));
        if (type == Default) throw ApiException.InvalidRequest("the level of DEFAULT is changed with SetV2LoggingLevel, not deleted");
        var key = LoggingLevels.KeyOf(type, ParseName(type, request.Query("targetName")));
        lock (context.Documents.Gate) levels.Targets.Remove(key);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private async ValueTask<ApiResponse> SetOldOptionsAsync(ApiRequest request)
    {
        var input = request.Body(LoggingJson.Default.OldLoggingOptionsDocument);
        if (input.RoleArn is not { Length: > 0 and <= LongestText }) throw ApiException.InvalidRequest($"roleArn must have 1 to {LongestText} characters");
        var level = ParseLevel(input.LogLevel, "logLevel");
        lock (context.Documents.Gate)
        {
            var before = Present;
            levels.Save(before with { RoleArn = input.RoleArn, DefaultLevel = level ?? before.DefaultLevel });
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private ValueTask<ApiResponse> GetOldOptions(ApiRequest request)
    {
        var options = levels.Current;
        return new(ApiResponse.Json(
            new OldLoggingOptionsDocument(options?.RoleArn, options is null ? null : EventLogLevels.NameOf(options.DefaultLevel)),
            LoggingJson.Default.OldLoggingOptionsDocument));
    }
}
