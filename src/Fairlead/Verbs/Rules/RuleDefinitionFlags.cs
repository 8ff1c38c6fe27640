using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Rules;

/// <summary>How the definition of a rule is given: a file, or options, or a file and options in place of some of its members.</summary>
internal sealed class RuleDefinitionFlags
{
    /// <summary>What a rule of this command line speaks unless it says otherwise; the API's own default is the oldest version.</summary>
    private const string UsualVersion = "2016-03-23";

    private readonly Argument<string?> _file;
    private readonly Option<string?> _sql;
    private readonly Option<string?> _version;
    private readonly Option<string?> _description;
    private readonly Option<string[]> _actions;
    private readonly Option<string[]> _republish;
    private readonly Option<int?> _qos;
    private readonly Option<string?> _errorAction;
    private readonly Option<bool> _disabled;

    public RuleDefinitionFlags(ApiVerb verb)
    {
        _file = verb.Optional("file", "Definition as JSON (sql, actions, ...); - for standard input.");
        _sql = verb.Text("--sql", "statement", "Statement, such as \"SELECT * FROM 'plant/+'\".");
        _version = verb.Text("--sql-version", "version", $"2015-10-08, 2016-03-23 or beta (default {UsualVersion}).");
        _description = verb.Text("--description", "text", "What the rule is for.");
        _actions = verb.Texts("--action", "json", "Action as JSON, or @FILE; repeat for several.");
        _republish = verb.Texts("--republish", "topic", "Publish the result to this topic; repeat for several.");
        _qos = verb.Number("--qos", "0|1", "QoS of --republish (default 0).", 0, 1);
        _errorAction = verb.Text("--error-action", "json", "Error action as JSON, or @FILE.");
        _disabled = verb.Flag("--disabled", "Leave the rule switched off.");
    }

    /// <summary>The definition.</summary>
    /// <param name="call">The run.</param>
    /// <param name="terminal">For standard input.</param>
    /// <param name="present">What options change when there is no file; null for a new rule.</param>
    public async Task<JsonObject> ReadAsync(ApiCall call, Terminal terminal, JsonObject? present = null)
    {
        var definition = call.Get(_file) is { } file
            ? Parse(await Files.ReadTextAsync(file, terminal, "the rule", call.Cancellation), file)
            : present ?? [];
        if (call.Get(_sql) is { } sql) definition["sql"] = sql;
        if (call.Get(_version) is { } version) definition["awsIotSqlVersion"] = version;
        else if (call.Get(_file) is null && present is null) definition["awsIotSqlVersion"] = UsualVersion;
        if (call.Get(_description) is { } description) definition["description"] = description;
        if (call.Get(_disabled)) definition["ruleDisabled"] = true;
        var actions = new JsonArray();
        foreach (string action in call.Get(_actions) ?? []) actions.Add(await ActionAsync(action, terminal, call));
        foreach (string topic in call.Get(_republish) ?? [])
            actions.Add(new JsonObject { ["republish"] = new JsonObject { ["roleArn"] = "none", ["topic"] = topic, ["qos"] = call.Get(_qos) ?? 0 } });
        if (actions.Count > 0) definition["actions"] = actions;
        if (call.Get(_errorAction) is { } errorAction) definition["errorAction"] = await ActionAsync(errorAction, terminal, call);
        if (!definition.ContainsKey("sql")) throw VerbException.Usage("there is no rule to save", "neither a file nor --sql says what it does", "Give one of them");
        if (!definition.ContainsKey("actions")) definition["actions"] = new JsonArray();
        return definition;
    }

    private static async Task<JsonObject> ActionAsync(string text, Terminal terminal, ApiCall call) => text.StartsWith('@')
        ? Parse(await Files.ReadTextAsync(text[1..], terminal, "the action", call.Cancellation), text[1..])
        : Parse(text, "the command line");

    private static JsonObject Parse(string text, string where)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject parsed) return parsed;
        }
        catch (JsonException exception)
        {
            throw VerbException.Usage($"cannot read {where}", exception.Message.TrimEnd('.'), "Give a JSON object");
        }

        throw VerbException.Usage($"cannot read {where}", "it is no JSON object", "Give one, such as {\"republish\":{\"roleArn\":\"none\",\"topic\":\"out\"}}");
    }
}
