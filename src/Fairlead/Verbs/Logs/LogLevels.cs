using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Logs;

/// <summary>From which level on the hub's log has events: the default level of GetV2LoggingOptions, without those of single clients and kinds of events.</summary>
internal static class LogLevels
{
    private const string Path = "/v2LoggingOptions";

    /// <summary>What a hub does whose options nobody has set: it keeps failures.</summary>
    public const string AtFirst = "ERROR";

    /// <summary>Level at which nothing is written.</summary>
    private const string Nothing = "DISABLED";

    /// <summary>The words that <c>fairlead log level</c> takes, from everything to nothing, and what the API calls them.</summary>
    public static string? NameOf(string word) => word.ToLowerInvariant() switch
    {
        "debug" => "DEBUG",
        "info" => "INFO",
        "warn" => "WARN",
        "error" => AtFirst,
        "off" => Nothing,
        _ => null,
    };

    /// <summary>The level in force, as the API names it.</summary>
    public static async Task<string> GetAsync(ApiCall call, string what)
    {
        var answer = await call.Hub.SendAsync(HubRequest.Get(Path), call.Cancellation);
        if (IsUnset(answer))
            return AtFirst;
        if (!answer.IsSuccess || answer.Json() is not { } options)
            throw answer.ToException(what);
        if (options.TryGetProperty("disableAllLogs", out var off) && off.ValueKind == System.Text.Json.JsonValueKind.True)
            return Nothing;
        return options.TryGetProperty("defaultLogLevel", out var level) ? level.GetString() ?? AtFirst : AtFirst;
    }

    /// <summary>Whether the hub says that nobody has set its options yet.</summary>
    public static bool IsUnset(HubAnswer answer) => answer.ErrorType == "NotConfiguredException";

    /// <summary>Sets it; the levels of single clients and kinds of events stay.</summary>
    public static Task SetAsync(ApiCall call, string name, string what) =>
        call.SendAsync(HubRequest.Post(Path, new JsonObject { ["defaultLogLevel"] = name, ["disableAllLogs"] = false }), what);

    /// <summary>What somebody should know who waits for events that this hub does not write; null when it writes them.</summary>
    /// <param name="name">Level in force.</param>
    /// <param name="wanted">Level asked for, in small letters; null for all.</param>
    public static string? Advice(string name, string? wanted) => (name, wanted) switch
    {
        (Nothing, _) => "this hub logs nothing: fairlead log level error has it log failures",
        (AtFirst, not "error") => "this hub logs failures alone: fairlead log level info has it log connections and messages too, fairlead client trace ID all that one client does",
        _ => null,
    };
}
