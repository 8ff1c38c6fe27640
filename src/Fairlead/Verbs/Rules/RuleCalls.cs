using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Rules;

/// <summary>What verbs about rules have in common.</summary>
internal static class RuleCalls
{
    public static string PathOf(string rule) => $"/rules/{HubRequest.Segment(rule)}";

    /// <summary>A rule as GetTopicRule tells it.</summary>
    public static async Task<JsonElement> GetAsync(ApiCall call, string rule) =>
        await SendAsync(call, HubRequest.Get(PathOf(rule)), rule, $"cannot show the rule {rule}");

    /// <summary>Calls; AWS' API answers 401 for a rule that is not there, which people should not read as a matter of rights.</summary>
    public static async Task<JsonElement> SendAsync(ApiCall call, HubRequest request, string rule, string what)
    {
        var answer = await call.Hub.SendAsync(request, call.Cancellation);
        if (answer.IsSuccess) return answer.Json() ?? default;
        throw answer is { Status: HttpStatusCode.Unauthorized, ErrorType: "UnauthorizedException" }
            ? new VerbException(ExitCode.NotFound, what, $"there is no rule {rule}", "Check the name: fairlead rule ls lists what there is") { Code = answer.ErrorType }
            : answer.ToException(what);
    }

    /// <summary>What create and set take, of what get tells.</summary>
    public static JsonObject DefinitionOf(JsonElement answer)
    {
        var definition = new JsonObject();
        foreach (var member in answer.GetProperty("rule").EnumerateObject())
        {
            if (member.Name is "sql" or "description" or "actions" or "errorAction" or "awsIotSqlVersion" or "ruleDisabled")
                definition[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        return definition;
    }

    /// <summary>Shows a rule to a person.</summary>
    public static void Show(ApiCall call, JsonElement answer)
    {
        var rule = answer.GetProperty("rule");
        call.WriteLine($"rule {Cells.Of(rule, "ruleName")}, {(rule.GetProperty("ruleDisabled").GetBoolean() ? "disabled" : "enabled")}, SQL {Cells.Of(rule, "awsIotSqlVersion")}");
        if (rule.TryGetProperty("description", out var description)) call.WriteLine($"  {Cells.Safe(description.GetString()!)}");
        call.WriteLine($"  {Cells.Safe(rule.GetProperty("sql").GetString()!)}");
        foreach (var action in rule.GetProperty("actions").EnumerateArray()) call.WriteLine($"  action {JsonText.OneLine(action)}");
        if (rule.TryGetProperty("errorAction", out var errorAction)) call.WriteLine($"  error action {JsonText.OneLine(errorAction)}");
    }
}
