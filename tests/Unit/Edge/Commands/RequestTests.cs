using System.Text;
using Fairlead.Edge.Commands;
using Fairlead.Edge.Ditto;
using Fairlead.Unit.Client;
using Fairlead.Unit.Server;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Commands;

/// <summary>What is remembered of commands, and what is kept of them.</summary>
public sealed class RequestTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Edge_16_the_first_answer_counts()
    {
        var memory = new RequestMemory(null, _time);
        memory.OnRequest("r", TimeSpan.FromHours(1));
        memory.OnAnswer("r", TimeSpan.FromHours(1)).ShouldBe(AnswerVerdict.First);
        memory.OnAnswer("r", TimeSpan.FromHours(1)).ShouldBe(AnswerVerdict.Again);
        memory.OnAnswer("never", TimeSpan.FromHours(1)).ShouldBe(AnswerVerdict.Unknown);
        memory.OnAnswer("never", TimeSpan.FromHours(1)).ShouldBe(AnswerVerdict.Again);
        memory.OnAnswer("", TimeSpan.FromHours(1)).ShouldBe(AnswerVerdict.Unknown);
    }

    [Fact]
    public void Edge_16_memory_survives_a_restart_and_ends()
    {
        string file = Path.Combine(_folder.Path, "requests.json");
        var memory = new RequestMemory(file, _time);
        memory.OnRequest("r", TimeSpan.FromHours(1));
        memory.IsRepeat("t", "p"u8).ShouldBeFalse();
        memory.Save();
        var next = new RequestMemory(file, _time);
        next.IsRepeat("t", "p"u8).ShouldBeTrue();
        next.IsRepeat("t", "q"u8).ShouldBeFalse();
        next.OnAnswer("r", TimeSpan.FromHours(1)).ShouldBe(AnswerVerdict.First);
        _time.Advance(RequestMemory.RepeatWindow + TimeSpan.FromSeconds(1));
        next.IsRepeat("t", "p"u8).ShouldBeFalse();
        _time.Advance(TimeSpan.FromHours(1));
        next.OnAnswer("r", TimeSpan.FromHours(1)).ShouldBe(AnswerVerdict.Unknown);
    }

    [Fact]
    public void A_damaged_memory_is_an_empty_one()
    {
        var memory = new RequestMemory(_folder.Write("requests.json", "{\"requests\":{\"a\":[]}"), _time);
        memory.OnAnswer("a", TimeSpan.FromHours(1)).ShouldBe(AnswerVerdict.Unknown);
    }

    [Theory]
    [InlineData("10", 10_000)]
    [InlineData("10s", 10_000)]
    [InlineData("500ms", 500)]
    [InlineData("2m", 120_000)]
    [InlineData("0", 0)]
    [InlineData("3599", 3_599_000)]
    [InlineData("3600", 60_000)]
    [InlineData("60m", 60_000)]
    [InlineData("-1", 60_000)]
    [InlineData("soon", 60_000)]
    [InlineData("", 60_000)]
    public void Edge_17_forms_of_timeout(string text, int milliseconds) => CommandTimeout.Parse(text).TotalMilliseconds.ShouldBe(milliseconds);

    [Fact]
    public void Edge_17_timeout_of_an_envelope()
    {
        CommandTimeout.Of(null).ShouldBe(TimeSpan.FromSeconds(60));
        CommandTimeout.Of(Envelope("""{"timeout":"5s"}""")).ShouldBe(TimeSpan.FromSeconds(5));
        CommandTimeout.Of(Envelope("""{"timeout":7}""")).ShouldBe(TimeSpan.FromSeconds(7));
        CommandTimeout.Of(Envelope("{}")).ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void The_inbox_keeps_commands_in_order_until_they_are_forgotten()
    {
        var inbox = new CommandInbox(_folder.Path);
        string first = inbox.TryKeep(["a", "b"], "1"u8).ShouldNotBeNull();
        inbox.TryKeep(["c"], "2"u8).ShouldNotBeNull();
        inbox.Forget(first);
        var next = new CommandInbox(_folder.Path);
        next.Waiting.ShouldBe(1);
        next.TryKeep(["d"], ""u8).ShouldNotBeNull();
        next.ReadAll().Select(static entry => $"{string.Join('+', entry.Topics)}={Encoding.UTF8.GetString(entry.Payload)}").ShouldBe(["c=2", "d="]);
        File.WriteAllText(Path.Combine(_folder.Path, "0000000000000000009.command"), "x");
        next.ReadAll().Count().ShouldBe(2);
    }

    private static DittoEnvelope? Envelope(string headers) =>
        DittoEnvelope.TryRead(Encoding.UTF8.GetBytes($$"""{"topic":"a/b/things/live/messages/m","headers":{{headers}}}"""));
}
