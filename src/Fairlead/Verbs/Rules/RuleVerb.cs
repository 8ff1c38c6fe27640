using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Rules;

/// <summary><c>fairlead rule create|ls|get|set|enable|disable|rm</c>; trying a statement is for <see cref="RuleTestVerb"/>.</summary>
internal sealed class RuleVerb(Terminal terminal)
{
    public Command Create() => new("rule", "Topic rules: what the hub does with messages by itself. A change is in force at once.")
    {
        CreateRule(), List(), Get(), Set(), Switch("enable", "on"), Switch("disable", "off"), Remove(), new RuleTestVerb(terminal).Create(),
        new RuleStatsVerb(terminal).Create(),
    };

    private Command CreateRule()
    {
        const string Examples =
            """
            fairlead rule create hot --sql "SELECT temp FROM 'plant/+' WHERE temp > 30" --republish alarms/hot
            fairlead rule create hot rule.json                      # sql, actions, errorAction as the API has them
            fairlead rule create log --sql "SELECT * FROM '#'" --action '{"cloudwatchLogs":{"roleArn":"none","logGroupName":"all"}}'
            """;
        var verb = new ApiVerb(terminal, "rule create", "Make a rule.", Examples);
        var name = verb.Argument("name", "Name of the rule: letters, digits and underscores.");
        var definition = new RuleDefinitionFlags(verb);
        return verb.Runs(async call =>
        {
            string rule = call.Get(name);
            await call.SendAsync(HubRequest.Post(RuleCalls.PathOf(rule), await definition.ReadAsync(call, terminal)), $"cannot make the rule {rule}");
            call.Say($"created the rule {rule}; messages from now on go through it");
            call.WriteJson(new JsonObject { ["ruleName"] = rule, ["created"] = true });
        });
    }

    private Command List()
    {
        const string Examples =
            """
            fairlead rule ls
            fairlead rule ls --topic plant/7        # rules that a message on this topic reaches
            fairlead rule ls --disabled
            """;
        var verb = new ApiVerb(terminal, "rule ls", "List rules.", Examples);
        var topic = verb.Text("--topic", "topic", "Only rules whose filter this is, or matches it.");
        var disabled = verb.Flag("--disabled", "Only rules that are switched off.");
        var limit = verb.Limit();
        return verb.Runs(async call =>
        {
            string path = HubRequest.Query("/rules", ("topic", call.Get(topic)), ("ruleDisabled", call.Get(disabled) ? "true" : null));
            var list = call.ListAsync(path, "rules", Paging.Registry, "cannot list rules", call.Get(limit));
            await new Listing(call, "ruleName", "topicPattern", new Column("state", static rule => Cells.Of(rule, "ruleDisabled") == "yes" ? "disabled" : "enabled")).ShowAsync(list);
        });
    }

    private Command Get()
    {
        const string Examples =
            """
            fairlead rule get hot
            fairlead rule get hot --definition > hot.json           # what create and set take
            """;
        var verb = new ApiVerb(terminal, "rule get", "Show a rule.", Examples);
        var name = verb.Argument("name", "Name of the rule.");
        var definition = verb.Flag("--definition", "Only its definition, as JSON that create and set take.");
        return verb.Runs(async call =>
        {
            var answer = await RuleCalls.GetAsync(call, call.Get(name));
            if (call.Get(definition)) call.WriteLine(JsonText.Of(RuleCalls.DefinitionOf(answer)));
            else if (call.Talk.Json) call.WriteLine(JsonText.OneLine(answer));
            else RuleCalls.Show(call, answer);
        });
    }

    private Command Set()
    {
        const string Examples =
            """
            fairlead rule set hot rule.json
            fairlead rule set hot --sql "SELECT temp FROM 'plant/+' WHERE temp > 35"       # the rest stays
            fairlead rule set hot --republish alarms/very-hot                              # in place of its actions
            """;
        var verb = new ApiVerb(terminal, "rule set", "Change a rule, for messages from now on.", Examples);
        var name = verb.Argument("name", "Name of the rule.");
        var definition = new RuleDefinitionFlags(verb);
        return verb.Runs(async call =>
        {
            string rule = call.Get(name);
            var present = RuleCalls.DefinitionOf(await RuleCalls.GetAsync(call, rule));
            await call.SendAsync(HubRequest.Patch(RuleCalls.PathOf(rule), await definition.ReadAsync(call, terminal, present)), $"cannot change the rule {rule}");
            call.Say($"changed the rule {rule}");
            call.WriteJson(new JsonObject { ["ruleName"] = rule, ["changed"] = true });
        });
    }

    private Command Switch(string word, string state)
    {
        string examples = $"fairlead rule {word} hot";
        var verb = new ApiVerb(terminal, $"rule {word}", $"Switch rules {state}.", examples);
        var names = verb.Arguments("name", "Names of rules.");
        return verb.Runs(async call =>
        {
            foreach (string rule in call.Get(names))
            {
                await RuleCalls.SendAsync(call, HubRequest.Post($"{RuleCalls.PathOf(rule)}/{word}"), rule, $"cannot {word} the rule {rule}");
                call.WriteJson(new JsonObject { ["ruleName"] = rule, ["enabled"] = word == "enable" });
                call.Say($"the rule {rule} is {state}");
            }
        });
    }

    private Command Remove()
    {
        const string Examples =
            """
            fairlead rule rm hot --yes
            """;
        var verb = new ApiVerb(terminal, "rule rm", "Delete a rule; messages that it has already end with it.", Examples);
        var name = verb.Argument("name", "Name of the rule.");
        verb.Asks();
        return verb.Runs(async call =>
        {
            string rule = call.Get(name);
            call.CheckCanAsk($"delete the rule {rule}");
            await RuleCalls.GetAsync(call, rule);
            await call.ConfirmAsync($"delete the rule {rule}");
            await RuleCalls.SendAsync(call, HubRequest.Delete(RuleCalls.PathOf(rule)), rule, $"cannot delete the rule {rule}");
            call.WriteJson(new JsonObject { ["ruleName"] = rule, ["deleted"] = true });
            call.Say($"deleted the rule {rule}");
        });
    }
}
