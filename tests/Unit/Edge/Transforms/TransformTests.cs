using System.IO.Compression;
using System.Text;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Spool;
using Fairlead.Edge.Topics;
using Fairlead.Edge.Transforms;
using Fairlead.Protocols.Mqtt;
using Fairlead.Unit.Client;
using Shouldly;
using Xunit;
using ZstdSharp;

namespace Fairlead.Unit.Edge.Transforms;

public sealed class TransformTests
{
    private static readonly RemotePublish Remote = new("telemetry/tenant/device");
    private static readonly string Long = "{\"v\":\"" + new string('a', 5_000) + "\"}";

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void Compression_17_9_makes_it_smaller_and_says_so(string word)
    {
        var rule = Rule($$"""[{"topic":"t/#","compress":"{{word}}"}]""");
        var modern = OutgoingMessage.Make([Message(1, Long)], Remote, rule, hasProperties: true);
        modern.Topic.ShouldBe(Remote.Topic);
        PayloadCompressor.NameOf(modern.Encoding).ShouldBe(word);
        modern.Payload.Length.ShouldBeLessThan(200);
        Decompress(word, modern.Payload.ToArray()).ShouldBe(Long);
        OutgoingMessage.Make([Message(1, Long)], Remote, rule, hasProperties: false).Topic.ShouldBe($"{Remote.Topic}/{word}");
    }

    [Fact]
    public void Compression_17_9_leaves_small_and_incompressible_payloads_alone()
    {
        var rule = Rule("""[{"topic":"t/#","compress":"gzip","compressMinBytes":100}]""");
        OutgoingMessage.Make([Message(1, new string('a', 99))], Remote, rule, hasProperties: false).Encoding.ShouldBe(PayloadEncoding.Identity);
        var noise = new byte[4_000];
        new Random(1).NextBytes(noise);
        var sent = OutgoingMessage.Make([Message(1, noise)], Remote, rule, hasProperties: false);
        (sent.Encoding, sent.Topic).ShouldBe((PayloadEncoding.Identity, Remote.Topic));
        sent.Payload.ToArray().ShouldBe(noise);
    }

    [Fact]
    public void Batching_17_10_makes_an_array_of_JSON_with_the_members_bytes()
    {
        var rule = Rule("""[{"topic":"t","batch":{"max":3}}]""");
        var sent = OutgoingMessage.Make([Message(1, "1.10"), Message(2, "{ \"a\" : 1 }"), Message(3, "\"x\"")], Remote, rule, hasProperties: true);
        Encoding.UTF8.GetString(sent.Payload.Span).ShouldBe("[1.10,{ \"a\" : 1 },\"x\"]");
        sent.ContentType.ShouldBe("application/json");
    }

    [Fact]
    public void Batching_17_10_frames_what_is_not_JSON()
    {
        var rule = Rule("""[{"topic":"t","batch":{}}]""");
        var sent = OutgoingMessage.Make([Message(1, "{}"), Message(2, "{\"a\":"), Message(3, "")], Remote, rule, hasProperties: true);
        sent.Payload.ToArray().ShouldBe([0, 0, 0, 2, (byte)'{', (byte)'}', 0, 0, 0, 5, .. "{\"a\":"u8, 0, 0, 0, 0]);
        sent.ContentType.ShouldBe("application/vnd.fairlead.frames");
    }

    [Fact]
    public void Batching_17_10_a_batch_is_complete_by_number_by_bytes_or_by_time()
    {
        var time = new ManualTimeProvider();
        var batches = new BatchSet(time);
        var byNumber = Rule("""[{"topic":"t","batch":{"max":2,"bytes":1000,"ms":500}}]""");
        batches.Add(byNumber, Remote, Message(1, "1")).ShouldBeEmpty();
        batches.Add(byNumber, Remote, Message(2, "2")).ShouldHaveSingleItem().Members.Select(member => member.Sequence).ShouldBe([1, 2]);
        batches.UntilDue.ShouldBeNull();

        batches.Add(byNumber, Remote, Message(3, new string('1', 600))).ShouldBeEmpty();
        batches.Add(byNumber, Remote, Message(4, new string('1', 600))).ShouldHaveSingleItem().Members.Select(member => member.Sequence).ShouldBe([3]);
        batches.Add(byNumber, new RemotePublish("other"), Message(5, "5")).ShouldBeEmpty();

        batches.UntilDue.ShouldBe(TimeSpan.FromMilliseconds(500));
        time.Advance(TimeSpan.FromMilliseconds(499));
        batches.TakeDue().ShouldBeEmpty();
        time.Advance(TimeSpan.FromMilliseconds(1));
        batches.TakeDue().Select(batch => batch.Members[0].Sequence).ShouldBe([4, 5]);
    }

    [Fact]
    public void Batching_17_10_takes_the_strictest_of_its_members()
    {
        var sent = OutgoingMessage.Make([Message(1, "1", QualityOfService.AtMostOnce), Message(2, "2", expiresAt: 70), Message(3, "3", expiresAt: 50)], Remote, Rule("""[{"topic":"t","batch":{}}]"""), hasProperties: true);
        (sent.QoS, sent.ExpiresAt).ShouldBe((QualityOfService.AtLeastOnce, 50));
    }

    [Theory]
    [InlineData("""{"topic":"t"}""", "must be an array")]
    [InlineData("""[1]""", "must be an object")]
    [InlineData("""[{"topic":"a/#/b"}]""", "not a topic filter")]
    [InlineData("""[{"topic":"t","compress":"lz4"}]""", "off, gzip or zstd")]
    [InlineData("""[{"topic":"t","batch":{"max":0}}]""", "max must be a number from 1 to 1000")]
    [InlineData("""[{"topic":"t","batch":5}]""", "max, bytes and ms")]
    [InlineData("""[{"topic":"t","zip":true}]""", "there is no \"zip\"")]
    public void Transforms_that_cannot_be_are_faults(string json, string expected)
    {
        List<ConfigurationProblem> problems = [];
        TransformReader.Read(json, problems);
        problems.ShouldHaveSingleItem().ToString().ShouldContain(expected);
    }

    private static TransformRule Rule(string json)
    {
        List<ConfigurationProblem> problems = [];
        var rules = TransformReader.Read(json, problems);
        problems.ShouldBeEmpty();
        return TransformRule.Find(rules, "t").ShouldNotBeNull();
    }

    private static SpooledMessage Message(long sequence, string payload, QualityOfService qos = QualityOfService.AtLeastOnce, long expiresAt = 0) =>
        Message(sequence, Encoding.UTF8.GetBytes(payload), qos, expiresAt);

    private static SpooledMessage Message(long sequence, byte[] payload, QualityOfService qos = QualityOfService.AtLeastOnce, long expiresAt = 0) => new()
    {
        Sequence = sequence,
        Class = MessageClass.Telemetry,
        QoS = qos,
        ArrivedAt = 1,
        ExpiresAt = expiresAt,
        LocalTopic = "t",
        RemoteTopic = null,
        ContentType = null,
        Payload = payload,
        Links = 1,
        Size = payload.Length,
    };

    private static string Decompress(string word, byte[] payload)
    {
        if (word == "zstd")
        {
            using var decompressor = new Decompressor();
            return Encoding.UTF8.GetString(decompressor.Unwrap(payload));
        }

        using var gzip = new GZipStream(new MemoryStream(payload), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        return reader.ReadToEnd();
    }
}
