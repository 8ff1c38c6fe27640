using Fairlead.Broker;
using Fairlead.Features.Api;
using Fairlead.Features.Endpoints;
using Fairlead.Features.Functions;
using Fairlead.Features.Logs;
using Fairlead.Features.Registry;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Actions.CloudWatch;
using Fairlead.Features.Rules.Actions.Republish;
using Fairlead.Features.Rules.Destinations;
using Fairlead.Features.Rules.Engine;
using Fairlead.Features.Rules.Functions;
using Fairlead.Features.Rules.Sql;
using Fairlead.Features.Rules.Testing;
using Fairlead.Features.Shadows;
using Fairlead.Features.Tags;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Rules;

/// <summary>Topic rules: their API, their destinations and the engine that runs them (spec/aws-rules).</summary>
internal sealed class RulesFeature : IFeature, IAsyncDisposable
{
    private readonly FeatureContext _context;
    private readonly RuleRecords _records;
    private readonly RuleService _service;
    private readonly RuleCompiler _compiler;
    private readonly RuleOperations _operations;
    private readonly DestinationOperations _destinationOperations;
    private readonly DestinationConfirmer _confirmer;
    private readonly LambdaCaller _lambda;
    private readonly RuleTester _tester;

    /// <summary>Composes the slice; before documents are loaded.</summary>
    /// <param name="context">What every slice is built on.</param>
    /// <param name="records">Shared records.</param>
    /// <param name="options">Settings.</param>
    /// <param name="needs">What it takes from other slices.</param>
    public RulesFeature(FeatureContext context, HubRecords records, RulesOptions options, RuleNeeds needs)
    {
        _context = context;
        _records = new RuleRecords(context.Documents);
        needs.Tags.Register("rule", _records.Rules);
        _lambda = new LambdaCaller(needs.Functions, context.Time);
        var functions = new HubRuleFunctions(records, needs.Registry, needs.Shadows, _lambda, new SecretDirectory(options.SecretsDirectory, context.Time));
        _compiler = new RuleCompiler(new SqlScope(context.Scope.AccountId, functions));
        Engine = new RuleEngine(context, options, new RuleLog(needs.Log, context.Loggers.CreateLogger("Fairlead.Rules"), context.Time));
        Metrics = new RuleMetricBoard(options.MaximumMetricSeries);
        var destinations = new DestinationService(context, _records, options);
        _confirmer = new DestinationConfirmer(new Logger<DestinationConfirmer>(context.Loggers));
        _destinationOperations = new DestinationOperations(context, _records, destinations, _confirmer, needs.Site);
        _service = new RuleService(context, _records, _compiler, Engine, destinations, needs.Tags);
        _operations = new RuleOperations(context, _records, _service, _destinationOperations);
        _tester = new RuleTester(context, _compiler, Engine);
        Add(new RepublishActionType(() => context.Broker, options));
        Add(new LogsActionType(needs.Log));
        Add(new MetricActionType(Metrics, context.Time));
        Outside = new RuleActionContext(context.Scope, context.Time, context.Loggers, needs.Functions, destinations);
    }

    /// <summary>The engine.</summary>
    public RuleEngine Engine { get; }

    /// <summary>What cloudwatchMetric actions have written.</summary>
    public RuleMetricBoard Metrics { get; }

    /// <summary>What types of actions that lead outside may use of the hub.</summary>
    public RuleActionContext Outside { get; }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        .. _operations.All,
        .. _destinationOperations.All,
        ApiOperation.Hub("TestRule", "POST", "/v1/rules/test", request => new(_tester.Test(request))),
        ApiOperation.Hub("GetRuleStats", "GET", "/v1/rules/{ruleName}/stats", request => new(new ApiResponse(200, StatsOf(request.Label())))),
    ];

    /// <summary>Adds a type of action. While the hub is composed.</summary>
    public void Add(IRuleActionType type) => _compiler.Add(type);

    /// <inheritdoc/>
    public void Attach(MqttBroker broker)
    {
        broker.AddPublishTap(new RuleTap(Engine));
        broker.AddTopicOwner(new BasicIngest(Engine));
    }

    /// <inheritdoc/>
    public void Start()
    {
        lock (_context.Documents.Gate)
        {
            foreach (var (_, rule) in _records.Rules.After(null)) _service.Run(rule);
        }

        _confirmer.Start();
        Engine.Start();
    }

    /// <inheritdoc/>
    public ValueTask StopAsync() => DisposeAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Engine.StopAsync().ConfigureAwait(false);
        await _confirmer.DisposeAsync().ConfigureAwait(false);
        _lambda.Dispose();
        Engine.Dispose();
    }

    /// <summary>Every rule with what is counted of it, in order of name.</summary>
    public IReadOnlyList<(TopicRule Rule, RuleState? State)> All()
    {
        lock (_context.Documents.Gate) return [.. _records.Rules.After(null).Select(entry => (entry.Value, Engine.Find(entry.Value.Name)))];
    }

    /// <summary>What is counted of a rule, as JSON.</summary>
    /// <exception cref="ApiException">There is no such rule.</exception>
    public byte[] StatsOf(string name)
    {
        var rule = _service.Get(name);
        var state = Engine.Find(rule.Name);
        var counters = state?.Counters ?? new RuleCounters();
        var actions = (state?.Actions ?? []).Select(static action => new RuleActionStatsDocument(
            action.Member, action.IsErrorAction, action.Succeeded, action.Failed, action.Dropped, action.Retries, action.Waiting));
        var failures = (state?.Failures ?? []).Select(static failure => new RuleFailureDocument(
            failure.At / 1000.0, failure.What, failure.Resource, failure.Message, failure.Topic, failure.TraceId));
        var document = new RuleStatsDocument(
            rule.Name, !rule.IsDisabled, counters.Matches, counters.Executions, counters.ParseErrors, counters.FunctionFailures, counters.Throttled, counters.Open,
            [.. actions], [.. failures]);
        return System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(document, RuleStatsJson.Default.RuleStatsDocument);
    }
}

/// <summary>What the slice takes from others.</summary>
/// <param name="Registry">Things and groups.</param>
/// <param name="Tags">Tags.</param>
/// <param name="Shadows">Shadows.</param>
/// <param name="Functions">Where functions are.</param>
/// <param name="Log">The structured log.</param>
/// <param name="Site">Where the hub listens.</param>
internal sealed record RuleNeeds(
    RegistryServices Registry, TagService Tags, IShadowReader Shadows, FunctionDirectory Functions, EventLog Log, HubSite Site);
