using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Rules;

/// <summary><c>fairlead rule test</c>: what a statement makes of one message, and which clause stops it.</summary>
internal sealed class RuleTestVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead rule test "SELECT temp FROM 'a/+' WHERE temp > 30" --topic a/b --payload '{"temp":31}'
        fairlead rule test hot --topic plant/7 --file message.json      # the statement of the rule hot
        fairlead rule test hot --last                                   # the newest message that reached it
        """;

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "rule test", "Evaluate a statement against one message; no action runs. Exit code 1 when it does not match.", Examples);
        var sql = verb.Argument("sql", "Statement, or the name of a rule.");
        var topic = verb.Text("--topic", "topic", "Topic of the message.");
        var payload = verb.Text("--payload", "text", "Payload.");
        var file = verb.Text("--file", "file", "File with the payload; - for standard input.");
        var client = verb.Text("--client", "id", "Client Identifier of the publisher.");
        var version = verb.Text("--sql-version", "version", "2015-10-08, 2016-03-23 or beta (default 2016-03-23, or that of the rule).");
        var last = verb.Flag("--last", "Take the newest message that any rule has had and the statement's FROM matches.");
        return verb.Runs(async call =>
        {
            var body = new JsonObject();
            await StatementAsync(call, call.Get(sql), body);
            if (call.Get(version) is { } given) body["awsIotSqlVersion"] = given;
            if (call.Get(last)) body["last"] = true;
            else if (call.Get(topic) is null) throw VerbException.Usage("cannot test", "there is no message", "Give --topic and --payload, or --last");
            if (call.Get(topic) is { } name) body["topic"] = name;
            if (call.Get(payload) is { } text) body["payload"] = text;
            if (call.Get(file) is { } path) body["payloadBase64"] = Convert.ToBase64String(await Files.ReadAsync(path, terminal, "the payload", call.Cancellation));
            if (call.Get(client) is { } id) body["clientId"] = id;
            var answer = await call.SendAsync(HubRequest.Post("/v1/rules/test", body), "cannot test the statement");
            if (call.Talk.Json) call.WriteLine(JsonText.OneLine(answer));
            else Show(call, answer);
            return Cells.Of(answer, "result") == "matched" ? ExitCode.Done : ExitCode.Failed;
        });
    }

    private static async Task StatementAsync(ApiCall call, string text, JsonObject body)
    {
        body["sql"] = text;
        if (!text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')) return;
        var rule = (await RuleCalls.GetAsync(call, text)).GetProperty("rule");
        body["sql"] = rule.GetProperty("sql").GetString();
        body["awsIotSqlVersion"] = rule.GetProperty("awsIotSqlVersion").GetString();
    }

    private static void Show(ApiCall call, JsonElement answer)
    {
        if (Cells.Of(answer, "result") == "matched")
        {
            call.WriteLine(answer.TryGetProperty("output", out var output) ? JsonText.OneLine(output) : Raw(answer));
            call.Say(Cells.Of(answer, "explanation"));
            return;
        }

        call.WriteLine($"no match: {Cells.Of(answer, "explanation")}");
        foreach (var clause in answer.GetProperty("clauses").EnumerateArray())
        {
            string operands = clause.TryGetProperty("operands", out var values) ? $"   ({Cells.Safe(values.GetString()!)})" : "";
            string indent = new(' ', 2 * clause.GetProperty("depth").GetInt32());
            call.WriteLine($"  {indent}{Cells.Of(clause, "clause")} {Cells.Of(clause, "text")}: {Cells.Of(clause, "result")}{operands}");
        }
    }

    private static string Raw(JsonElement answer)
    {
        byte[] bytes = answer.GetProperty("outputBase64").GetBytesFromBase64();
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Cells.Safe(System.Text.Encoding.UTF8.GetString(bytes)) : $"base64 {Convert.ToBase64String(bytes)}";
    }
}
