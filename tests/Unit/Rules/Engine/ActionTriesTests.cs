using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Engine;
using Fairlead.Features.Rules.Sql;
using Fairlead.Unit.Client;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Rules.Engine;

/// <summary>How often an action is tried, and when not (spec/aws-rules, section 11).</summary>
public sealed class ActionTriesTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ActionCounters _counters = new("test", isErrorAction: false);

    [Fact]
    public async Task A_passing_fault_is_tried_three_times_with_growing_pauses()
    {
        var action = new Scripted(static (_, call) => call.FailForNow("refused"));
        var call = NewCall();
        var running = Tries(action).RunAsync([call]).AsTask();
        await PauseAsync(0.2);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await PauseAsync(1);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        action.Tried.ShouldBe(2);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        (await running).ShouldBeTrue();
        (action.Tried, call.Tries, call.Result.Outcome, call.Result.Message).ShouldBe((3, 3, ActionOutcome.Failed, "refused"));
        _counters.Retries.ShouldBe(2);
    }

    [Fact]
    public async Task Only_what_failed_for_now_is_tried_again()
    {
        var calls = new[] { NewCall(), NewCall(), NewCall() };
        var action = new Scripted((attempt, call) =>
        {
            if (call == calls[0] || attempt == 2) call.Succeed();
            else if (call == calls[1]) call.Fail("no");
            else call.FailForNow("later");
        });
        var running = Tries(action).RunAsync(calls).AsTask();
        await PauseAsync(0.2);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        (await running).ShouldBeTrue();
        calls.Select(static call => call.Result.Outcome).ShouldBe([ActionOutcome.Succeeded, ActionOutcome.Failed, ActionOutcome.Succeeded]);
        calls.Select(static call => call.Tries).ShouldBe([1, 1, 2]);
    }

    [Fact]
    public async Task An_action_within_the_process_is_tried_once()
    {
        var action = new Scripted(static (_, call) => call.FailForNow("no")) { IsLocal = true };
        var call = NewCall();
        (await Tries(action).RunAsync([call])).ShouldBeTrue();
        (action.Tried, call.Result.Outcome).ShouldBe((1, ActionOutcome.Failed));
    }

    [Fact]
    public async Task An_exception_counts_as_a_passing_fault()
    {
        var action = new Scripted(static (attempt, call) =>
        {
            if (attempt == 1) throw new IOException("gone");
            call.Succeed();
        });
        var call = NewCall();
        var running = Tries(action).RunAsync([call]).AsTask();
        await PauseAsync(0.2);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        (await running).ShouldBeTrue();
        call.Result.Outcome.ShouldBe(ActionOutcome.Succeeded);
    }

    [Fact]
    public async Task No_try_begins_after_the_time_for_all_of_them()
    {
        var action = new Scripted(static (_, call) => call.FailForNow("slow")) { LongestOverall = TimeSpan.FromSeconds(0.5) };
        var call = NewCall();
        var running = Tries(action).RunAsync([call]).AsTask();
        await PauseAsync(0.2);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        (await running).ShouldBeTrue();
        (action.Tried, call.Result.Outcome).ShouldBe((2, ActionOutcome.Failed));
    }

    [Fact]
    public async Task A_target_that_never_answers_is_left_alone_for_a_while()
    {
        var action = new Scripted(static (_, call) => call.FailForNow("down")) { LongestOverall = TimeSpan.Zero };
        var tries = Tries(action);
        for (int i = 0; i < 20; i++) await tries.RunAsync([NewCall()]);
        var call = NewCall();
        await tries.RunAsync([call]);
        action.Tried.ShouldBe(20);
        call.Result.Message!.ShouldStartWith("not tried");
        _time.Advance(TimeSpan.FromSeconds(6));
        await tries.RunAsync([NewCall()]);
        action.Tried.ShouldBe(21);
    }

    [Fact]
    public async Task An_action_with_patience_is_tried_until_its_target_is_back()
    {
        var action = new Scripted(static (attempt, call) =>
        {
            if (attempt < 6) call.FailForNow("down");
            else call.Succeed();
        })
        {
            Patience = TimeSpan.FromMinutes(1),
        };
        var call = NewCall();
        var running = Tries(action).RunAsync([call]).AsTask();
        foreach (double pause in new[] { 0.2, 1, 2, 2, 2 })
        {
            await PauseAsync(pause);
            _time.Advance(TimeSpan.FromSeconds(pause));
        }

        (await running).ShouldBeTrue();
        (action.Tried, call.Result.Outcome).ShouldBe((6, ActionOutcome.Succeeded));
    }

    [Fact]
    public async Task Patience_has_an_end()
    {
        var action = new Scripted(static (_, call) => call.FailForNow("down")) { Patience = TimeSpan.FromSeconds(4) };
        var call = NewCall();
        var running = Tries(action).RunAsync([call]).AsTask();
        foreach (double pause in new[] { 0.2, 1, 2 })
        {
            await PauseAsync(pause);
            _time.Advance(TimeSpan.FromSeconds(pause));
        }

        (await running).ShouldBeTrue();
        (action.Tried, call.Result.Outcome, call.Result.Message).ShouldBe((4, ActionOutcome.Failed, "down"));
    }

    [Fact]
    public async Task Calls_with_patience_wait_while_their_target_is_left_alone()
    {
        var action = new Scripted(static (attempt, call) =>
        {
            if (attempt <= 20) call.FailForNow("down");
            else call.Succeed();
        })
        {
            Patience = TimeSpan.FromMinutes(1),
            LongestOverall = TimeSpan.Zero,
        };
        var tries = Tries(action);
        for (int i = 0; i < 20; i++) await tries.RunAsync([NewCall()]);
        action.LongestOverall = TimeSpan.MaxValue;
        var call = NewCall();
        var running = tries.RunAsync([call]).AsTask();
        foreach (double pause in new[] { 0.2, 1, 2, 2 })
        {
            await PauseAsync(pause);
            action.Tried.ShouldBe(20);
            _time.Advance(TimeSpan.FromSeconds(pause));
        }

        (await running).ShouldBeTrue();
        (action.Tried, call.Result.Outcome).ShouldBe((21, ActionOutcome.Succeeded));
    }

    [Fact]
    public async Task At_the_end_of_the_hub_nothing_is_known_of_a_call_that_waits()
    {
        using var stopping = new CancellationTokenSource();
        var action = new Scripted(static (_, call) => call.FailForNow("down"));
        var running = new ActionTries(action, _counters, _time, stopping.Token).RunAsync([NewCall()]).AsTask();
        await PauseAsync(0.2);
        await stopping.CancelAsync();
        (await running).ShouldBeFalse();
    }

    private static ActionCall NewCall()
    {
        RuleStatement.TryParse("SELECT * FROM 'a'", SqlVersion.V2016, new SqlScope("123456789012", NoFunctions.Instance), out var statement, out _).ShouldBeTrue();
        return new ActionCall(statement!.Evaluate(new RuleMessage { Topic = "a" }, DateTimeOffset.UnixEpoch), "target");
    }

    private Task PauseAsync(double seconds) =>
        _time.WhenTimerAsync(time => time == TimeSpan.FromSeconds(seconds)).WaitAsync(TimeSpan.FromSeconds(30));

    private ActionTries Tries(IRuleAction action) => new(action, _counters, _time, CancellationToken.None);

    private sealed class Scripted(Action<int, ActionCall> script) : IRuleAction
    {
        private int _tried;

        public int Tried => Volatile.Read(ref _tried);

        public bool IsLocal { get; init; }

        public TimeSpan LongestOverall { get; set; } = TimeSpan.MaxValue;

        public TimeSpan Patience { get; init; }

        public TimeSpan Timeout => TimeSpan.FromMinutes(10);

        public int LargestBatch => 10;

        public ActionCall Prepare(RuleEvaluation evaluation) => new(evaluation, "target");

        public ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
        {
            int attempt = Interlocked.Increment(ref _tried);
            foreach (var call in calls) script(attempt, call);
            return default;
        }

        public ValueTask DisposeAsync() => default;
    }
}
