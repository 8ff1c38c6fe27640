using System.Text;
using System.Text.Json;
using Fairlead.Features;
using Fairlead.Features.Api;
using Fairlead.Features.Functions;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Destinations;
using Fairlead.Features.Rules.Sql;
using Fairlead.Targets;
using Fairlead.Unit.Server;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Fairlead.Unit.Targets;

/// <summary>Actions without the engine: made of definitions, given messages, tried once.</summary>
internal sealed class ActionBench : IRuleDestinations, IRuleFunctions, IAsyncDisposable
{
    public const string Vpc = "arn:aws:iot:us-east-1:123456789012:ruledestination/vpc/1";

    private RuleTargets? _targets;
    private IReadOnlyList<IRuleActionType> _types = [];
    private RuleStatement _statement = null!;

    public RuleTargetOptions Options { get; } = new();

    public HubScope Scope { get; } = new();

    public TemporaryDirectory Directory { get; } = new();

    /// <summary>URLs that are not confirmed.</summary>
    public HashSet<string> Unconfirmed { get; } = new(StringComparer.Ordinal);

    /// <summary>Makes an action; the statement is that of its rule.</summary>
    public IRuleAction Create(string member, string definition, string sql = "SELECT * FROM 'a/#'", bool inErrorAction = false)
    {
        if (_targets is null)
        {
            _targets = new RuleTargets(Options);
            _types = _targets.Create(new RuleActionContext(Scope, TimeProvider.System, NullLoggerFactory.Instance, new FunctionDirectory(Scope), this));
        }

        RuleStatement.TryParse(sql, SqlVersion.V2016, new SqlScope(Scope.AccountId, this), out var statement, out var error).ShouldBeTrue(error?.Message);
        _statement = statement!;
        using var document = JsonDocument.Parse(definition);
        return _types.Single(type => type.Member == member).Create(document.RootElement, new ActionSetup("rule", _statement, member, inErrorAction));
    }

    /// <summary>Why a definition is refused.</summary>
    public string Refusal(string member, string definition)
    {
        var refusal = Should.Throw<ApiException>(() => Create(member, definition));
        (refusal.Status, refusal.Type).ShouldBe((400, "InvalidRequestException"));
        return refusal.Message;
    }

    public ActionCall Prepare(IRuleAction action, string payload, string topic = "a/b") => Prepare(action, Encoding.UTF8.GetBytes(payload), topic);

    public ActionCall Prepare(IRuleAction action, byte[] payload, string topic = "a/b")
    {
        var message = new RuleMessage { Topic = topic, Payload = payload, ClientId = "device", TraceId = "11111111-2222-3333-4444-555555555555" };
        var evaluation = _statement.Evaluate(message, DateTimeOffset.UnixEpoch);
        evaluation.Verdict.ShouldBe(RuleVerdict.Matched);
        return action.Prepare(evaluation);
    }

    /// <summary>One try of one message.</summary>
    public async Task<ActionCall> RunAsync(IRuleAction action, string payload, string topic = "a/b")
    {
        var call = Prepare(action, payload, topic);
        if (call.Result.Outcome == ActionOutcome.Pending) await TryAsync(action, call);
        return call;
    }

    /// <summary>One try of several messages.</summary>
    public async Task<IReadOnlyList<ActionCall>> RunAllAsync(IRuleAction action, params string[] payloads)
    {
        ActionCall[] calls = [.. payloads.Select(payload => Prepare(action, payload))];
        await TryAsync(action, calls);
        return calls;
    }

    public static async Task TryAsync(IRuleAction action, params ActionCall[] calls)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        foreach (var call in calls)
        {
            call.Result = default;
            call.Tries++;
        }

        await action.RunAsync(calls, deadline.Token);
        calls.ShouldAllBe(call => call.Result.Outcome != ActionOutcome.Pending);
    }

    public bool Exists(string arn) => arn == Vpc;

    public bool IsConfirmed(string url, out string problem)
    {
        problem = Unconfirmed.Contains(url) ? $"the destination of {url} is not enabled" : "";
        return problem.Length == 0;
    }

    public bool Knows(string function, string? literalFirstArgument, out string problem)
    {
        problem = "";
        return true;
    }

    public FunctionResult Call(string function, ReadOnlySpan<SqlValue> arguments) => FunctionResult.Failed("there are none here");

    public async ValueTask DisposeAsync()
    {
        if (_targets is not null) await _targets.DisposeAsync();
        Directory.Dispose();
    }
}
