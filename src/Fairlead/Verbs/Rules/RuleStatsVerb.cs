using System.CommandLine;
using System.Text.Json;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Rules;

/// <summary><c>fairlead rule stats</c>: what a rule has done since the hub started, and its last failures.</summary>
internal sealed class RuleStatsVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead rule stats hot
        fairlead rule stats hot --json
        """;

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "rule stats", "Tell what a rule has done since the hub started, and its last failures.", Examples);
        var name = verb.Argument("name", "Name of the rule.");
        return verb.Runs(async call =>
        {
            string rule = call.Get(name);
            var answer = await RuleCalls.SendAsync(call, HubRequest.Get($"/v1{RuleCalls.PathOf(rule)}/stats"), rule, $"cannot tell of the rule {rule}");
            if (call.Talk.Json) call.WriteLine(JsonText.OneLine(answer));
            else Show(call, answer);
        });
    }

    private static void Show(ApiCall call, JsonElement answer)
    {
        foreach (var (title, member) in ((string, string)[])
        [
            ("matched", "matched"), ("passed WHERE", "executed"), ("not JSON", "parseErrors"), ("function failed", "functionFailures"),
            ("dropped", "throttled"), ("waiting", "waiting"),
        ])
        {
            call.WriteLine($"{title + ":",-17} {Cells.Of(answer, member)}");
        }

        foreach (var action in answer.GetProperty("actions").EnumerateArray())
        {
            string kind = action.GetProperty("errorAction").GetBoolean() ? "error action" : "action";
            call.WriteLine(
                $"{kind} {Cells.Of(action, "action")}: {Cells.Of(action, "succeeded")} done, {Cells.Of(action, "failed")} failed, {Cells.Of(action, "dropped")} dropped, "
                + $"{Cells.Of(action, "retried")} tried again, {Cells.Of(action, "waiting")} waiting");
        }

        foreach (var failure in answer.GetProperty("failures").EnumerateArray())
            call.WriteLine($"{Cells.Of(failure, "timestamp")} {Cells.Of(failure, "action")} {Cells.Of(failure, "resource")}: {Cells.Of(failure, "message")} (on {Cells.Of(failure, "topic")})");
    }
}
