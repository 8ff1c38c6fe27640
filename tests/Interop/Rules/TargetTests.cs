using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Fairlead.Interop.Rules.Servers;

namespace Fairlead.Interop.Rules;

/// <summary>What actions leave behind at the servers of others (spec/aws-rules, checklist 14.4, lines 26 to 28).</summary>
public sealed class TargetTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Rules_28_members_with_a_column_go_there_and_the_rest_into_doc()
    {
        await using var server = await PostgresServer.CreateAsync();
        await server.QueryAsync("""
            CREATE TABLE readings (id int, at timestamptz, temp numeric(6,2), tags text[], note text DEFAULT 'none', seen timestamptz DEFAULT now(), doc jsonb, PRIMARY KEY (id, at));
            CREATE TABLE narrow (id int PRIMARY KEY);
            CREATE SCHEMA s; CREATE TABLE s."Log" (id int, doc jsonb)
            """);
        await using var hub = await RulesHub.StartAsync($"Rules:Tables={server.ConnectionString}");
        const string Statement = "SELECT id, 1700000000123 AS at, 21.5 AS temp, ['a','b'] AS tags, {'x': id} AS extra FROM 'm/wide'";
        await hub.CreateAsync("wide", Statement, V2("readings"));
        await hub.CreateAsync("list", "SELECT VALUE [id] FROM 'm/list'", V2("readings"));
        await hub.CreateAsync("narrow", "SELECT * FROM 'm/narrow'", V2("narrow"));
        await hub.CreateAsync("gone", "SELECT * FROM 'm/gone'", V2("gone"));
        await hub.CreateAsync("log", "SELECT *, 'it''s' AS text FROM 'm/log'", V2("s.Log"));
        foreach (var topic in new[] { "wide", "list", "narrow", "gone", "log" }) await hub.PublishAsync($"m/{topic}", 0, 3);
        await hub.PublishAsync("m/log", 0, 3);
        foreach (var rule in new[] { "wide", "list", "narrow", "gone", "log" }) await EndedAsync(hub, rule);

        (await server.QueryAsync("SELECT id, at AT TIME ZONE 'UTC', temp, tags, note, doc FROM readings ORDER BY id"))
            .ShouldBe(string.Join('\n', Enumerable.Range(0, 3).Select(id => $$$"""{{{id}}}|2023-11-14 22:13:20.123|21.50|{a,b}|none|{"extra": {"x": {{{id}}}}}""")));
        (await server.QueryAsync("SELECT count(*), count(DISTINCT id), min(doc::text) FROM s.\"Log\"")).ShouldBe("""6|3|{"text": "it's"}""");
        (await server.QueryAsync("SELECT count(*) FROM narrow")).ShouldBe("3");
        (await MessageAsync(hub, "list")).ShouldBe("cannot put the result into table readings: it is not a JSON object");
        (await MessageAsync(hub, "gone")).ShouldBe($"there is no table gone in database postgres at 127.0.0.1");
    }

    [Fact]
    public async Task Rules_28_one_bad_item_does_not_stop_the_others_of_its_batch()
    {
        await using var server = await PostgresServer.CreateAsync();
        await server.QueryAsync("CREATE TABLE t (id int PRIMARY KEY CHECK (id <> 41), doc jsonb)");
        await using var hub = await RulesHub.StartAsync($"Rules:Tables={server.ConnectionString}");
        await hub.CreateAsync("r", "SELECT * FROM 'm/+'", V2("t"));
        await hub.PublishAsync("m/x", 0, 100);
        var stats = await EndedAsync(hub, "r");

        (await server.QueryAsync("SELECT count(*) FROM t")).ShouldBe("99");
        stats.GetProperty("actions")[0].GetProperty("failed").GetInt64().ShouldBe(1);
        (await MessageAsync(hub, "r")).ShouldStartWith("cannot write to table t of database postgres at 127.0.0.1: 23514 ");
    }

    [Fact]
    public async Task Rules_28_dynamoDB_inserts_updates_and_deletes_by_its_keys()
    {
        await using var server = await PostgresServer.CreateAsync();
        await server.QueryAsync("""
            CREATE TABLE t (device text, n int, payload jsonb, raw bytea, note text DEFAULT 'fresh', PRIMARY KEY (device, n));
            INSERT INTO t VALUES ('x', 1, '0', null, 'kept'), ('x', 2, '0', null, 'old')
            """);
        await using var hub = await RulesHub.StartAsync($"Rules:Tables={server.ConnectionString}");
        await hub.CreateAsync("update", "SELECT * FROM 'u/+'", V1("payload", "UPDATE"));
        await hub.CreateAsync("insert", "SELECT * FROM 'i/+'", V1("raw", "INSERT"));
        await hub.CreateAsync("delete", "SELECT * FROM 'd/+'", V1("payload", "DELETE"));
        await hub.PublishAsync("u/x", 1, 2);
        await hub.PublishAsync("i/x", 2, 3);
        await hub.PublishAsync("u/y", 3, 4);
        foreach (var rule in new[] { "update", "insert" }) await EndedAsync(hub, rule);
        (await server.QueryAsync("SELECT device, n, payload, convert_from(raw, 'UTF8'), note FROM t ORDER BY n"))
            .ShouldBe("""
                x|1|{"id": 1}||kept
                x|2||{"id":2}|fresh
                y|3|{"id": 3}||fresh
                """);

        await hub.PublishAsync("d/x", 1, 3);
        await EndedAsync(hub, "delete");
        (await server.QueryAsync("SELECT device, n FROM t")).ShouldBe("y|3");

        static object V1(string field, string operation) => new
        {
            dynamoDB = new
            {
                roleArn = "arn",
                tableName = "t",
                hashKeyField = "device",
                hashKeyValue = "${topic(2)}",
                rangeKeyField = "n",
                rangeKeyValue = "${id}",
                rangeKeyType = "NUMBER",
                payloadField = field,
                operation,
            },
        };
    }

    [Fact]
    public async Task Rules_27_queues_and_exchanges_of_RabbitMQ_take_messages_and_say_what_they_do_not_take()
    {
        await using var server = await RabbitServer.CreateAsync();
        await server.DeclareAsync("bound", "records", "line.#");
        await using var hub = await RulesHub.StartAsync(
            "Rules:TargetPatience=0", $"Rules:Queues=made={server.Url}?queue=q-made&declare=true", $"Rules:Queues=missing={server.Url}",
            $"Rules:Streams=stream={server.Url}?exchange=records", "Rules:TargetPatience=0");
        await hub.CreateAsync("base64", "SELECT * FROM 'b/+'", new { sqs = new { roleArn = "arn", queueUrl = "https://sqs/1/made", useBase64 = true } });
        await hub.CreateAsync("missing", "SELECT * FROM 'b/+'", new { sqs = new { roleArn = "arn", queueUrl = "https://sqs/1/missing" } });
        await hub.CreateAsync("kinesis", "SELECT * FROM 'k/+'", new { kinesis = new { roleArn = "arn", streamName = "stream", partitionKey = "line.${id}" } });
        await hub.CreateAsync("firehose", "SELECT VALUE [id, id + 1] FROM 'k/+'", new { firehose = new { roleArn = "arn", deliveryStreamName = "stream", batchMode = true } });
        await hub.PublishAsync("b/x", 0, 1);
        await hub.PublishAsync("k/x", 5, 6);

        (await server.DrainAsync("q-made", 1)).ShouldBe([Convert.ToBase64String("""{"id":0}"""u8)]);
        (await server.DrainAsync("bound", 1)).ShouldBe(["""{"id":5}"""]);
        await EndedAsync(hub, "missing");
        (await MessageAsync(hub, "missing")).ShouldBe($"cannot send to queue missing of RabbitMQ at 127.0.0.1:{server.Port}/%2F: no queue takes it (NO_ROUTE)");
        // Its routing key is the name of the stream, which nothing is bound to.
        await EndedAsync(hub, "firehose");
        (await MessageAsync(hub, "firehose")).ShouldContain("exchange records of RabbitMQ");
    }

    [Fact]
    public async Task Rules_27_a_server_of_SQS_takes_messages_in_the_query_protocol()
    {
        await using var server = await NodeServer.SqsAsync();
        var url = await SqsAsync(server, "Action=CreateQueue&QueueName=orders", "QueueUrl");
        await using var hub = await RulesHub.StartAsync($"Rules:Sqs={LocalHost(server)}?protocol=query", "Rules:Keys=sqs=AK:secret");
        await hub.CreateAsync("r", "SELECT * FROM 'm/+'", new { sqs = new { roleArn = "arn", queueUrl = url } });
        await hub.PublishAsync("m/x", 7, 8);
        var stats = await EndedAsync(hub, "r");
        stats.GetProperty("actions")[0].GetProperty("succeeded").GetInt64().ShouldBe(1, stats.ToString());
        (await SqsAsync(server, $"Action=ReceiveMessage&QueueUrl={Uri.EscapeDataString(url)}", "Body")).ShouldBe("""{"id":7}""");
    }

    [Fact]
    public async Task Rules_26_objects_in_a_folder_have_the_bytes_of_the_result()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-objects-");
        try
        {
            await using var hub = await RulesHub.StartAsync($"Rules:S3=file://{folder.FullName}");
            await hub.CreateAsync("r", "SELECT * FROM 'm/+'", new { s3 = new { roleArn = "arn", bucketName = "bucket", key = "${topic(2)}/${id}" } });
            await hub.CreateAsync("evil", "SELECT * FROM 'm/+'", new { s3 = new { roleArn = "arn", bucketName = "bucket", key = "${concat('..', '/x')}" } });
            await hub.PublishAsync("m/x", 7, 8);
            await EndedAsync(hub, "r");
            await EndedAsync(hub, "evil");
            (await File.ReadAllTextAsync(Path.Combine(folder.FullName, "bucket", "x", "7"), TestContext.Current.CancellationToken)).ShouldBe("""{"id":7}""");
            (await MessageAsync(hub, "evil")).ShouldBe("cannot write object '../x' of bucket bucket: the key has an empty segment, or one that is . or ..");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Rules_30_an_action_without_a_target_is_refused_with_the_setting_that_gives_one()
    {
        await using var hub = await RulesHub.StartAsync();
        foreach (var (action, setting) in new (object, string)[]
        {
            (new { s3 = new { roleArn = "arn", bucketName = "bucket", key = "k" } }, "Rules:S3"),
            (V2("t"), "Rules:Tables"),
            (new { sqs = new { roleArn = "arn", queueUrl = "https://sqs/1/q" } }, "Rules:Queues"),
            (new { kinesis = new { roleArn = "arn", streamName = "s" } }, "Rules:Streams"),
            (new { lambda = new { functionArn = "arn:aws:lambda:us-east-1:123456789012:function:f" } }, "Aws:Functions"),
        })
        {
            var (status, body) = await hub.TryCreateAsync("r", "SELECT * FROM 'a'", action);
            status.ShouldBe(400);
            body.ShouldContain(setting);
        }
    }

    // The server finds queues by URLs with this name alone.
    private static string LocalHost(NodeServer server) => $"http://localhost:{server.Port}";

    private static object V2(string table) => new { dynamoDBv2 = new { roleArn = "arn", putItem = new { tableName = table } } };

    private static Task<JsonElement> EndedAsync(RulesHub hub, string rule) => hub.UntilAsync(
        $"/v1/rules/{rule}/stats", stats => stats.GetProperty("matched").GetInt64() > 0 && stats.GetProperty("waiting").GetInt64() == 0, Longest);

    private static async Task<string> MessageAsync(RulesHub hub, string rule) => (await hub.StatsAsync(rule)).GetProperty("failures")[0].GetProperty("message").GetString()!;

    /// <summary>Calls the server in its protocol, which is older than the command line of AWS, and returns one element of the answer.</summary>
    private static async Task<string> SqsAsync(NodeServer server, string form, string element)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var content = new StringContent($"{form}&Version=2012-11-05", Encoding.ASCII, "application/x-www-form-urlencoded");
        using var answer = await http.PostAsync(LocalHost(server), content);
        var text = await answer.Content.ReadAsStringAsync();
        var found = XDocument.Parse(text).Descendants().FirstOrDefault(child => child.Name.LocalName == element);
        return found.ShouldNotBeNull(text).Value;
    }
}
