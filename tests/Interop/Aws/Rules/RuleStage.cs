using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Rules;

/// <summary>What the tests of topic rules share.</summary>
internal static class RuleStage
{
    private static int _lastNumber;

    /// <summary>A name that no other test has.</summary>
    public static string NewName() => $"rule{Environment.ProcessId:x}_{Interlocked.Increment(ref _lastNumber):x}";

    /// <summary>A republish action.</summary>
    public static object Republish(string topic, int qos = 1, object? headers = null) => headers is null
        ? new { republish = new { roleArn = "arn:aws:iam::123456789012:role/my-role", topic, qos } }
        : new { republish = new { roleArn = "arn:aws:iam::123456789012:role/my-role", topic, qos, headers } };

    /// <summary>Creates a rule of SQL version 2016-03-23.</summary>
    public static async Task<string> CreateRuleAsync(this AwsApi api, string sql, params object[] actions) => await api.CreateRuleAsync(sql, errorAction: null, actions);

    /// <summary>Creates a rule of SQL version 2016-03-23 with an error action.</summary>
    public static async Task<string> CreateRuleAsync(this AwsApi api, string sql, object? errorAction, object[] actions)
    {
        var name = NewName();
        object payload = errorAction is null
            ? new { sql, awsIotSqlVersion = "2016-03-23", actions }
            : new { sql, awsIotSqlVersion = "2016-03-23", actions, errorAction };
        await api.IotAsync("CreateTopicRule", new { ruleName = name, topicRulePayload = payload });
        return name;
    }

    /// <summary>What the hub has counted of a rule.</summary>
    public static async Task<JsonElement> RuleStatsAsync(this AwsHub hub, string name)
    {
        using var document = JsonDocument.Parse(await hub.Administrator.GetStringAsync(new Uri($"/v1/rules/{name}/stats", UriKind.Relative)));
        return document.RootElement.Clone();
    }

    /// <summary>Waits until what was counted of a rule is as it should be.</summary>
    public static async Task<JsonElement> RuleStatsAsync(this AwsHub hub, string name, Func<JsonElement, bool> isThere)
    {
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        while (true)
        {
            var stats = await hub.RuleStatsAsync(name);
            if (isThere(stats)) return stats;
            if (deadline.IsCancellationRequested) throw new TimeoutException($"the rule {name} stays at {stats}");
            await Task.Yield();
        }
    }

    /// <summary>A counter.</summary>
    public static long Number(this JsonElement stats, string name) => stats.GetProperty(name).GetInt64();

    /// <summary>A client that has subscribed at QoS 1.</summary>
    public static async Task<ForeignClient> SubscribeAsync(this Stage stage, params string[] filters)
    {
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        foreach (var filter in filters) (await client.SubscribeAsync(filter, 1)).ShouldBe(1);
        return client;
    }

    /// <summary>Nothing else has come to a client: a message on its own topic is the next one.</summary>
    public static async Task ShouldHaveNoMoreAsync(this ForeignClient client, string fenceTopic)
    {
        await client.PublishAsync(fenceTopic, "fence", 1);
        (await client.NextAsync()).Text.ShouldBe("fence");
    }
}
