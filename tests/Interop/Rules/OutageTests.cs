using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fairlead.Interop.Rules.Servers;

namespace Fairlead.Interop.Rules;

/// <summary>
/// Each kind of target is killed and started again in the middle of 10,000 messages published at QoS 1: every one arrives at least once, none is
/// dropped, and the counters of the rule say so.
/// </summary>
public sealed class OutageTests
{
    private const int Messages = 10_000;
    private const string Topic = "plant/line";
    private const string Sql = "SELECT * FROM 'plant/+'";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task PostgreSQL_is_killed_and_started_again()
    {
        await using var server = await PostgresServer.CreateAsync();
        await server.QueryAsync("CREATE TABLE items (id int PRIMARY KEY, doc jsonb)");
        await using var hub = await RulesHub.StartAsync($"Rules:Tables={server.ConnectionString}");
        await hub.CreateAsync("r", Sql, new { dynamoDBv2 = new { roleArn = "arn", putItem = new { tableName = "items" } } });

        await OutageAsync(hub, server, "dynamoDBv2");

        (await server.QueryAsync("SELECT count(*), count(DISTINCT id), min(id), max(id) FROM items")).ShouldBe($"{Messages}|{Messages}|0|{Messages - 1}");
    }

    [Fact]
    public async Task RabbitMQ_is_killed_and_started_again()
    {
        await using var server = await RabbitServer.CreateAsync();
        await server.DeclareAsync("orders");
        await using var hub = await RulesHub.StartAsync($"Rules:Queues=orders={server.Url}");
        await hub.CreateAsync("r", Sql, new { sqs = new { roleArn = "arn", queueUrl = "https://sqs/1/orders" } });

        await OutageAsync(hub, server, "sqs");

        AllOf((await server.DrainAsync("orders", Messages)).Select(IdOf));
    }

    [Fact]
    public async Task A_web_server_is_killed_and_started_again()
    {
        await using var server = await NodeServer.SinkAsync();
        await using var hub = await RulesHub.StartAsync();
        await hub.CreateAsync("r", Sql, new { http = new { url = server.Url + "/sink" } });
        await hub.UntilAsync("/destinations", list => list.GetProperty("destinationSummaries")[0].GetProperty("status").GetString() == "ENABLED", Longest);

        await OutageAsync(hub, server, "http");

        AllOf((await File.ReadAllLinesAsync(server.Bodies, TestContext.Current.CancellationToken)).Select(IdOf));
    }

    [Fact]
    public async Task A_server_of_S3_is_killed_and_started_again()
    {
        await using var server = await NodeServer.S3Async("bucket");
        await using var hub = await RulesHub.StartAsync($"Rules:S3={server.Url}", "Rules:Keys=s3=S3RVER:S3RVER");
        await hub.CreateAsync("r", Sql, new { s3 = new { roleArn = "arn", bucketName = "bucket", key = "${topic(2)}/${id}" } });

        await OutageAsync(hub, server, "s3");

        var folder = Path.Combine(server.Folder, "bucket", "line");
        AllOf(Directory.GetFiles(folder, "*._S3rver_object").Select(file => int.Parse(Path.GetFileName(file).Split('.')[0], CultureInfo.InvariantCulture)));
        (await File.ReadAllTextAsync(Path.Combine(folder, "7._S3rver_object"), TestContext.Current.CancellationToken)).ShouldBe("""{"id":7}""");
    }

    [Fact]
    public async Task A_server_of_DynamoDB_is_killed_and_started_again()
    {
        await using var server = await NodeServer.DynamoAsync();
        Requirements.NeedAwsCommandLine();
        await Aws(server, "create-table", "--table-name", "items", "--attribute-definitions", "AttributeName=id,AttributeType=N",
            "--key-schema", "AttributeName=id,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST");
        await using var hub = await RulesHub.StartAsync($"Rules:DynamoDb={server.Url}");
        await hub.CreateAsync("r", Sql, new { dynamoDBv2 = new { roleArn = "arn", putItem = new { tableName = "items" } } });

        await OutageAsync(hub, server, "dynamoDBv2");

        using var scan = JsonDocument.Parse(await Aws(server, "scan", "--table-name", "items", "--projection-expression", "id"));
        AllOf(scan.RootElement.GetProperty("Items").EnumerateArray().Select(item => int.Parse(item.GetProperty("id").GetProperty("N").GetString()!, CultureInfo.InvariantCulture)));
    }

    private static async Task OutageAsync(RulesHub hub, ForeignServer server, string member)
    {
        await hub.PublishAsync(Topic, 0, 3_000);
        var publishing = hub.PublishAsync(Topic, 3_000, 6_000);
        await server.KillAsync();
        await publishing;
        await hub.PublishAsync(Topic, 6_000, 8_000);
        // The rule notices that its target is gone, which is what the test is about.
        await hub.UntilAsync("/v1/rules/r/stats", stats => Action(stats).GetProperty("retried").GetInt64() > 0, Longest);
        publishing = hub.PublishAsync(Topic, 8_000, Messages);
        await server.StartAsync();
        await publishing;

        var stats = await hub.UntilAsync("/v1/rules/r/stats", document => document.GetProperty("waiting").GetInt64() == 0, Longest);
        var action = Action(stats);
        (stats.GetProperty("matched").GetInt64(), stats.GetProperty("executed").GetInt64(), stats.GetProperty("throttled").GetInt64()).ShouldBe((Messages, Messages, 0));
        (action.GetProperty("succeeded").GetInt64(), action.GetProperty("failed").GetInt64(), action.GetProperty("dropped").GetInt64(), action.GetProperty("waiting").GetInt64())
            .ShouldBe((Messages, 0, 0, 0), stats.ToString());
        (await hub.SeriesAsync("fairlead_rule_actions_total", "r")).ShouldBe(
            [$"action=\"{member}\",result=\"success\"}} {Messages}", $"action=\"{member}\",result=\"failure\"}} 0", $"action=\"{member}\",result=\"dropped\"}} 0"]);
    }

    private static JsonElement Action(JsonElement stats) => stats.GetProperty("actions")[0];

    private static int IdOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("id").GetInt32();
    }

    private static void AllOf(IEnumerable<int> ids) => ids.Distinct().Order().ShouldBe(Enumerable.Range(0, Messages));

    private static Task<string> Aws(NodeServer server, params string[] arguments)
    {
        var start = new ProcessStartInfo("aws", ["dynamodb", .. arguments, "--endpoint-url", server.Url, "--region", "us-east-1", "--output", "json"]);
        start.Environment["AWS_ACCESS_KEY_ID"] = start.Environment["AWS_SECRET_ACCESS_KEY"] = "fairlead";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        return ForeignServer.RunAsync(start);
    }
}
