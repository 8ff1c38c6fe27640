using System.Text.Json.Nodes;
using Fairlead.Verbs.Logs;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Clients;

/// <summary>The log level of one client while it is traced. What somebody had set before is there again afterwards.</summary>
internal sealed class ClientLogLevel(ApiCall call, string client, string what)
{
    private const string Path = "/v2LoggingLevel";
    private const string TargetType = "CLIENT_ID";
    private const string Everything = "DEBUG";

    private string? _before;

    /// <summary>
    /// Has everything logged that the client does. Levels of single clients need options, which a hub has none of at first: its own defaults
    /// are set then.
    /// </summary>
    public async Task RaiseAsync()
    {
        _before = await FindAsync();
        if (_before == Everything)
            return;
        var answer = await SetAsync(Everything, call.Cancellation);
        if (LogLevels.IsUnset(answer))
        {
            await LogLevels.SetAsync(call, LogLevels.AtFirst, what);
            answer = await SetAsync(Everything, call.Cancellation);
        }

        if (!answer.IsSuccess)
            throw answer.ToException(what);
    }

    /// <summary>Sets the level that was there before, or takes away what <see cref="RaiseAsync"/> has set.</summary>
    public async Task RestoreAsync()
    {
        if (_before is null)
            await call.Hub.SendAsync(HubRequest.Delete(HubRequest.Query(Path, ("targetType", TargetType), ("targetName", client))), CancellationToken.None);
        else if (_before != Everything)
            await SetAsync(_before, CancellationToken.None);
    }

    private async Task<string?> FindAsync()
    {
        string? token = null;
        do
        {
            var answer = await call.Hub.SendAsync(HubRequest.Get(HubRequest.Query(Path, ("targetType", TargetType), ("nextToken", token))), call.Cancellation);
            if (LogLevels.IsUnset(answer))
                return null;
            if (!answer.IsSuccess || answer.Json() is not { } page || !page.TryGetProperty("logTargetConfigurations", out var levels))
                throw answer.ToException(what);
            foreach (var level in levels.EnumerateArray())
            {
                if (Cells.Of(level.GetProperty("logTarget"), "targetName") == Cells.Safe(client))
                    return level.GetProperty("logLevel").GetString();
            }

            token = page.TryGetProperty("nextToken", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        return null;
    }

    private Task<HubAnswer> SetAsync(string level, CancellationToken cancellationToken) => call.Hub.SendAsync(
        HubRequest.Post(Path, new JsonObject { ["logTarget"] = new JsonObject { ["targetType"] = TargetType, ["targetName"] = client }, ["logLevel"] = level }), cancellationToken);
}
