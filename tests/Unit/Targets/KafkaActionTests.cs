using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Fairlead.Features.Rules.Actions;
using Fairlead.Targets.Kafka;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Targets;

/// <summary>The kafka action against the cluster that librdkafka carries within for tests (checklist line 29).</summary>
public sealed class KafkaActionTests : IAsyncLifetime
{
    private readonly ActionBench _bench = new();
    private IProducer<Null, string> _cluster = null!;
    private string _servers = "";

    public ValueTask InitializeAsync()
    {
        KafkaLibrary.Problem.ShouldBeNull();
        // A client of its own holds the cluster; its metadata tell where the brokers listen.
        _cluster = new ProducerBuilder<Null, string>(new Dictionary<string, string> { ["bootstrap.servers"] = "mock", ["test.mock.num.brokers"] = "1" }).Build();
        using var admin = new DependentAdminClientBuilder(_cluster.Handle).Build();
        var broker = admin.GetMetadata(TimeSpan.FromSeconds(30)).Brokers.Single();
        _servers = $"{broker.Host}:{broker.Port}";
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _cluster.Dispose();
    }

    [Fact]
    public async Task Rules_29_key_partition_headers_and_value_are_those_of_the_resolved_templates()
    {
        var action = Create(new
        {
            topic = "t-${topic(2)}",
            key = "${id}",
            partition = "${p}",
            headers = new[] { new { key = "h-${id}", value = "v ${n + 1}" }, new { key = "h-${id}", value = "" } },
        });
        var call = await _bench.RunAsync(action, """{"id":"d7","p":2,"n":4}""");
        call.Result.ShouldBe(ActionResult.Success);
        call.Resource.ShouldBe("t-b");
        var record = Read("t-b", 2, 1).Single();
        Encoding.UTF8.GetString(record.Message.Key).ShouldBe("d7");
        Encoding.UTF8.GetString(record.Message.Value).ShouldBe("""{"id":"d7","p":2,"n":4}""");
        record.Message.Headers.Select(header => (header.Key, Encoding.UTF8.GetString(header.GetValueBytes()))).ShouldBe([("h-d7", "v 5"), ("h-d7", "")]);
    }

    [Fact]
    public async Task Many_records_go_in_one_batch_and_arrive_in_order()
    {
        var action = Create(new { topic = "many", partition = "0" });
        var payloads = Enumerable.Range(0, 400).Select(n => $"{n}").ToArray();
        (await _bench.RunAllAsync(action, payloads)).ShouldAllBe(call => call.Result == ActionResult.Success);
        Read("many", 0, 400).Select(record => Encoding.UTF8.GetString(record.Message.Value)).ShouldBe(payloads);
    }

    [Fact]
    public async Task A_stream_may_be_a_topic()
    {
        _bench.Options.Streams = [$"log=kafka://{_servers}/records?security.protocol=PLAINTEXT&compression.type=gzip"];
        var action = _bench.Create("firehose", """{"roleArn":"r","deliveryStreamName":"log","separator":"\n","batchMode":true}""");
        (await _bench.RunAsync(action, "[1,2]")).Result.ShouldBe(ActionResult.Success);
        Enumerable.Range(0, 4).SelectMany(partition => Read("records", partition, 0)).Select(record => Encoding.UTF8.GetString(record.Message.Value))
            .Order(StringComparer.Ordinal).ShouldBe(["1\n", "2\n"]);
    }

    [Fact]
    public async Task A_partition_that_is_no_number_and_a_topic_that_is_none_fail()
    {
        (await _bench.RunAsync(Create(new { topic = "t", partition = "${p}" }), """{"p":"x"}""")).Result
            .ShouldBe(ActionResult.Fail("cannot produce to topic t: 'x' is not the number of a partition"));
        (await _bench.RunAsync(Create(new { topic = "${t}" }), """{"t":"a b"}""")).Result.ShouldBe(ActionResult.Fail("'a b' is not the name of a topic"));
    }

    [Theory]
    [InlineData("acks", "2", "clientProperties: acks must be one of 0, 1, -1, all, not '2'")]
    [InlineData("sasl.mechanism", "GSSAPI", "clientProperties: GSSAPI is not supported: the client that comes with this hub is built without Kerberos")]
    [InlineData("sasl.kerberos.keytab", "x", "clientProperties: GSSAPI is not supported: the client that comes with this hub is built without Kerberos")]
    [InlineData("plugin.library.paths", "/tmp/x.so", "clientProperties: plugin.library.paths is not known; there are acks, ")]
    [InlineData("ssl.ca.location", "/etc/passwd", "clientProperties: ssl.ca.location is not known; there are acks, ")]
    [InlineData("security.protocol", "SASL_SSL", "clientProperties: sasl.mechanism is missing: SASL_SSL needs one")]
    [InlineData("bootstrap.servers", "", "clientProperties: bootstrap.servers is empty")]
    public void Properties_that_cannot_be_used_are_refused_by_name(string name, string value, string message)
    {
        var properties = new Dictionary<string, string> { ["bootstrap.servers"] = _servers, [name] = value };
        _bench.Refusal("kafka", JsonSerializer.Serialize(new { destinationArn = ActionBench.Vpc, topic = "t", clientProperties = properties })).ShouldStartWith($"action kafka: {message}");
    }

    [Fact]
    public void The_destination_must_exist()
    {
        const string Other = "arn:aws:iot:us-east-1:123456789012:ruledestination/vpc/2";
        _bench.Refusal("kafka", $$$"""{"destinationArn":"{{{Other}}}","topic":"t","clientProperties":{"bootstrap.servers":"x:1"}}""")
            .ShouldBe($"action kafka: destinationArn: there is no destination {Other}");
    }

    [Fact]
    public void Java_keystores_of_the_old_kind_are_refused_with_the_way_out()
    {
        var properties = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = _servers,
            ["ssl.truststore"] = Convert.ToBase64String([0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2]),
        };
        _bench.Refusal("kafka", JsonSerializer.Serialize(new { destinationArn = ActionBench.Vpc, topic = "t", clientProperties = properties }))
            .ShouldBe("action kafka: clientProperties: ssl.truststore is a JKS store; PKCS #12 is taken: keytool -importkeystore -deststoretype pkcs12");
    }

    private List<ConsumeResult<byte[], byte[]>> Read(string topic, int partition, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new Dictionary<string, string>
        {
            ["bootstrap.servers"] = _servers,
            ["group.id"] = "test",
            ["enable.partition.eof"] = "true",
        }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, partition, Offset.Beginning));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        while (true)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(30)).ShouldNotBeNull();
            if (record.IsPartitionEOF)
            {
                records.Count.ShouldBeGreaterThanOrEqualTo(count);
                return records;
            }

            records.Add(record);
        }
    }

    private IRuleAction Create(object members)
    {
        var definition = JsonSerializer.SerializeToNode(members)!.AsObject();
        definition["destinationArn"] = ActionBench.Vpc;
        definition["clientProperties"] = JsonSerializer.SerializeToNode(new Dictionary<string, string> { ["bootstrap.servers"] = _servers, ["security.protocol"] = "PLAINTEXT" });
        return _bench.Create("kafka", definition.ToJsonString());
    }
}
