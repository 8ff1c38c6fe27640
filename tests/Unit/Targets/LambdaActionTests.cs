using Fairlead.Features.Rules.Actions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Targets;

/// <summary>The lambda action against a real server (checklist line 27).</summary>
public sealed class LambdaActionTests : IAsyncLifetime
{
    private const string Arn = "arn:aws:lambda:us-east-1:123456789012:function:count:live";
    private readonly ActionBench _bench = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    public async Task Rules_27_the_function_receives_json_as_an_event(int status)
    {
        await using var peer = await HttpPeer.StartAsync(status);
        _bench.Scope.Functions = [$"count={peer.Url}/functions/count"];
        var call = await _bench.RunAsync(Create(), """{"n":1}""");
        call.Result.ShouldBe(ActionResult.Success);
        call.Resource.ShouldBe(Arn);
        var request = peer.Requests.Single();
        (request.Target, request.Text, request.Headers["Content-Type"], request.Headers["X-Amz-Invocation-Type"])
            .ShouldBe(("/functions/count", """{"n":1}""", "application/json", "Event"));
    }

    [Fact]
    public async Task Rules_27_raw_bytes_fail_without_a_request()
    {
        await using var peer = await HttpPeer.StartAsync(200);
        _bench.Scope.Functions = [$"count={peer.Url}"];
        (await _bench.RunAsync(Create(), "not json")).Result.ShouldBe(ActionResult.Fail($"cannot invoke {Arn}: a function takes JSON, but the result is not"));
        peer.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_function_that_fails_is_tried_three_times_and_one_that_refuses_once()
    {
        await using var peer = await HttpPeer.StartAsync(500);
        _bench.Scope.Functions = [$"count={peer.Url}"];
        var action = Create();
        var call = _bench.Prepare(action, "{}");
        var outcomes = new List<ActionOutcome>();
        for (int i = 0; i < 3; i++)
        {
            await ActionBench.TryAsync(action, call);
            outcomes.Add(call.Result.Outcome);
        }

        outcomes.ShouldBe([ActionOutcome.Transient, ActionOutcome.Transient, ActionOutcome.Failed]);
        await using var refusing = await HttpPeer.StartAsync(403);
        _bench.Scope.Functions = [$"count={refusing.Url}"];
        (await _bench.RunAsync(Create(), "{}")).Result.Outcome.ShouldBe(ActionOutcome.Failed);
    }

    [Fact]
    public void A_function_that_nobody_serves_is_refused() =>
        _bench.Refusal("lambda", $$"""{"functionArn":"{{Arn}}"}""").ShouldContain("Aws:Functions");

    private IRuleAction Create() => _bench.Create("lambda", $$"""{"functionArn":"{{Arn}}"}""");
}
