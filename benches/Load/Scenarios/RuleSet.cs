using System.Text.Json.Nodes;
using Fairlead.Load.Brokers;

namespace Fairlead.Load.Scenarios;

// Rules of a hub under load, made and asked about over its API.
internal sealed class RuleSet(HubApi api) : IDisposable
{
    private readonly List<string> _names = [];

    public void Dispose() => api.Dispose();

    internal void Add(string name, string sql, string republishTopic, int qos = 0)
    {
        var republish = new JsonObject { ["roleArn"] = "bench", ["topic"] = republishTopic, ["qos"] = qos };
        api.Call(HttpMethod.Post, $"/rules/{name}", new JsonObject
        {
            ["sql"] = sql,
            ["awsIotSqlVersion"] = "2016-03-23",
            ["actions"] = new JsonArray(new JsonObject { ["republish"] = republish }),
        });
        _names.Add(name);
    }

    // Messages that the rules have looked at, and those that were dropped because too many waited.
    internal (long Evaluated, long Dropped) Read()
    {
        (long evaluated, long dropped) = (0, 0);
        foreach (string name in _names)
        {
            JsonNode stats = api.Call(HttpMethod.Get, $"/v1/rules/{name}/stats");
            evaluated += (long)stats["matched"]!;
            dropped += (long)stats["throttled"]!;
        }

        return (evaluated, dropped);
    }
}
