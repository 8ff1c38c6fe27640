using System.Text.Json;
using Fairlead.Features.Api;
using Fairlead.Features.Rules.Destinations;
using Fairlead.Features.Rules.Engine;
using Fairlead.Features.Rules.Sql;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Rules;

/// <summary>
/// The rules of topic rules (spec/aws-rules, section 1). What changes is called under <see cref="Documents.DocumentStore.Gate"/> and commits
/// nothing; a rule is compiled before, without it.
/// </summary>
internal sealed class RuleService(
    FeatureContext context, RuleRecords records, RuleCompiler compiler, RuleEngine engine, DestinationService destinations, TagService tags)
{
    /// <summary>ARN of a rule.</summary>
    public string ArnOf(string name) => context.Scope.Arn("rule", name);

    /// <summary>Compiles a definition, which refuses what is wrong with it.</summary>
    public CompiledRule Compile(string name, RulePayload payload) => compiler.Compile(RuleName.Check(name), payload);

    /// <summary>Finds a rule.</summary>
    /// <exception cref="ApiException">401, or 404 where tools of other makes expect it [U13].</exception>
    public TopicRule Get(string name)
    {
        RuleName.Check(name);
        if (records.Rules.Find(name) is { } rule) return rule;
        throw engine.Options.NotFoundAs404
            ? ApiException.NotFound($"there is no topic rule {name}")
            : new ApiException(401, "UnauthorizedException", $"Access to topic rule '{name}' was denied");
    }

    /// <summary>Statement of a stored rule; null when it cannot be read.</summary>
    public RuleStatement? StatementOf(TopicRule rule) => engine.Find(rule.Name)?.Current?.Rule.Statement ?? compiler.TryParse(rule);

    /// <summary>Creates a rule.</summary>
    /// <returns>Destinations that had to be made for its http actions, with the tokens that confirm them.</returns>
    public IReadOnlyList<(RuleDestination Destination, string Token)> Create(
        CompiledRule compiled, RulePayload payload, IReadOnlyList<TagDocument> given)
    {
        TagService.Check(given);
        if (records.Rules.Find(compiled.Name) is not null)
            throw ApiException.AlreadyExists($"the topic rule {compiled.Name} exists already", compiled.Name, ArnOf(compiled.Name));
        if (records.Rules.Count >= engine.Options.MaximumRules)
            throw ApiException.InvalidRequest($"there are {engine.Options.MaximumRules} topic rules already (Rules:MaximumRules)");
        return Save(compiled, payload, context.Now, () => tags.Create(ArnOf(compiled.Name), given));
    }

    /// <summary>Replaces a rule; what is not given falls back to its default. Tags and time of creation stay [U26].</summary>
    /// <returns>As <see cref="Create"/>.</returns>
    public IReadOnlyList<(RuleDestination Destination, string Token)> Replace(CompiledRule compiled, RulePayload payload) =>
        Save(compiled, payload, Get(compiled.Name).CreatedAt, static () => { });

    /// <summary>Switches a rule on or off; again is no error.</summary>
    public void Switch(string name, bool isOn)
    {
        var rule = Get(name);
        if (rule.IsDisabled != isOn) return;
        var changed = rule with { IsDisabled = !isOn };
        records.Rules.Save(name, changed);
        Run(changed);
    }

    /// <summary>Removes a rule.</summary>
    public void Delete(string name)
    {
        Get(name);
        records.Rules.Remove(name);
        engine.Remove(name);
    }

    /// <summary>Puts a stored rule to work; one that cannot run as it stands is told of in the log.</summary>
    public void Run(TopicRule rule)
    {
        if (rule.IsDisabled)
        {
            engine.Set(rule.Name, null);
            return;
        }

        var compiled = compiler.Load(rule, out var problem);
        if (problem is not null) engine.Log.Broken(rule.Name, problem);
        engine.Set(rule.Name, compiled);
    }

    private List<(RuleDestination Destination, string Token)> Save(CompiledRule compiled, RulePayload payload, long createdAt, Action also)
    {
        var rule = new TopicRule(compiled.Name, payload.Sql, SqlVersions.Text(payload.Version), payload.Actions, createdAt)
        {
            Description = payload.Description,
            IsDisabled = payload.IsDisabled,
            ErrorAction = payload.ErrorAction,
        };
        var made = new List<(RuleDestination, string)>();
        context.Documents.AllOrNone(() =>
        {
            foreach (var url in HttpUrls(compiled))
            {
                if (destinations.Ensure(url) is { } destination) made.Add(destination);
            }

            records.Rules.Save(rule.Name, rule);
            also();
        });
        engine.Set(rule.Name, payload.IsDisabled ? null : compiled);
        WarnOfLoops(compiled);
        return made;
    }

    /// <summary>Where destinations are made by themselves: literal confirmation URLs, and literal URLs without one (spec/aws-rules, section 9).</summary>
    private static IEnumerable<string> HttpUrls(CompiledRule compiled)
    {
        foreach (var action in compiled.ErrorAction is { } errorAction ? compiled.Actions.Append(errorAction) : compiled.Actions)
        {
            if (action.Type.Member != "http") continue;
            var url = TextOf(action.Definition, "confirmationUrl") ?? TextOf(action.Definition, "url");
            if (url is not null && !url.Contains("${", StringComparison.Ordinal)) yield return url;
        }
    }

    private void WarnOfLoops(CompiledRule compiled)
    {
        foreach (var action in compiled.Actions)
        {
            if (action.Type.Member != "republish" || TextOf(action.Definition, "topic") is not { } topic || topic.Contains("${", StringComparison.Ordinal)) continue;
            if (topic.StartsWith("$$", StringComparison.Ordinal)) topic = topic[1..];
            if (compiled.Statement.MatchesTopic(topic)) engine.Log.Loops(compiled.Name, topic, compiled.Statement.TopicFilter ?? "");
        }
    }

    private static string? TextOf(JsonElement definition, string name) =>
        definition.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
