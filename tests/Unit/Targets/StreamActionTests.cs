using Fairlead.Features.Rules.Actions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Targets;

/// <summary>kinesis and firehose into files; separators and batches (spec/aws-rules, section 7.2).</summary>
public sealed class StreamActionTests : IAsyncLifetime
{
    private readonly ActionBench _bench = new();

    private string Folder => Path.Combine(_bench.Directory.Path, "streams");

    public ValueTask InitializeAsync()
    {
        _bench.Options.Streams = [$"log=file://{Folder}?maxBytes=4096&files=3&sync=true"];
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Records_are_lines_of_json()
    {
        var action = Kinesis();
        action.LargestBatch.ShouldBeGreaterThan(1);
        var calls = await _bench.RunAllAsync(action, """{"n":1}""", "{\n  \"n\": 2\n}", "[3]");
        calls.ShouldAllBe(call => call.Result == ActionResult.Success && call.Resource == "log");
        Lines().Select(line => line.Replace(" ", "", StringComparison.Ordinal)).ShouldBe(["""{"n":1}""", """{"n":2}""", "[3]"]);
        var raw = await _bench.RunAsync(action, "no json");
        raw.Result.Outcome.ShouldBe(ActionOutcome.Failed);
        Lines().Length.ShouldBe(3);
    }

    [Theory]
    [InlineData("\\n", "no json\n")]
    [InlineData("\\t", "no json\t")]
    [InlineData("\\r\\n", "no json\r\n")]
    [InlineData(",", "no json,")]
    public async Task The_separator_of_firehose_is_written_behind_each_record(string separator, string written)
    {
        (await _bench.RunAsync(Firehose($",\"separator\":\"{separator}\""), "no json")).Result.ShouldBe(ActionResult.Success);
        (await File.ReadAllTextAsync(Path.Combine(Folder, "log.jsonl"), TestContext.Current.CancellationToken)).ShouldBe(written);
    }

    [Fact]
    public async Task In_batch_mode_the_elements_are_the_records()
    {
        var action = Firehose(",\"batchMode\":true,\"separator\":\"\\n\"");
        (await _bench.RunAsync(action, """[{"a":1},"x",[2]]""")).Result.ShouldBe(ActionResult.Success);
        Lines().ShouldBe(["""{"a":1}""", "\"x\"", "[2]"]);
        _bench.Prepare(action, """{"a":1}""").Result.ShouldBe(ActionResult.Fail("cannot write to stream log: in batch mode the result must be an array"));
        _bench.Prepare(action, $"[{string.Join(',', Enumerable.Repeat("1", 501))}]").Result.Message.ShouldEndWith("1 to 500 elements, not 501");
        _bench.Prepare(action, $"[{string.Join(',', Enumerable.Repeat("1", 500))}]").Result.Outcome.ShouldBe(ActionOutcome.Pending);
    }

    [Fact]
    public async Task Full_files_are_turned_and_the_oldest_goes()
    {
        var action = Kinesis();
        string Record(int n) => $$"""{"n":{{n}},"pad":"{{new string('x', 1500)}}"}""";
        for (int i = 0; i < 12; i++) (await _bench.RunAsync(action, Record(i))).Result.ShouldBe(ActionResult.Success);
        Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["log.1.jsonl", "log.2.jsonl", "log.jsonl"]);
        Directory.GetFiles(Folder).ShouldAllBe(file => new FileInfo(file).Length <= 4096);
        File.ReadAllLines(Path.Combine(Folder, "log.jsonl")).ShouldBe([Record(10), Record(11)]);
        File.ReadAllLines(Path.Combine(Folder, "log.2.jsonl")).ShouldBe([Record(6), Record(7)]);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_may_be_mended()
    {
        await File.WriteAllTextAsync(Folder, "a file in the way", TestContext.Current.CancellationToken);
        (await _bench.RunAsync(Kinesis(), "{}")).Result.Outcome.ShouldBe(ActionOutcome.Transient);
        File.Delete(Folder);
        (await _bench.RunAsync(Kinesis(), "{}")).Result.ShouldBe(ActionResult.Success);
    }

    [Fact]
    public void Streams_that_are_not_here_and_other_separators_are_refused()
    {
        _bench.Refusal("kinesis", """{"roleArn":"r","streamName":"other"}""").ShouldContain("streamName: stream 'other' has no local target; the setting Rules:Streams");
        _bench.Refusal("firehose", """{"roleArn":"r","deliveryStreamName":"log","separator":";"}""").ShouldContain("separator must be");
    }

    private string[] Lines() => File.ReadAllLines(Path.Combine(Folder, "log.jsonl"));

    private IRuleAction Kinesis() => _bench.Create("kinesis", """{"roleArn":"r","streamName":"${concat('l', 'og')}","partitionKey":"${topic(2)}"}""");

    private IRuleAction Firehose(string more) => _bench.Create("firehose", $$"""{"roleArn":"r","deliveryStreamName":"log"{{more}}}""");
}
