using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Keys;

/// <summary><c>fairlead key create|import|ls|get|enable|disable|rm</c>: what AWS SDKs and tools sign their requests with.</summary>
internal sealed class KeyVerb(Terminal terminal)
{
    public Command Create() => new("key", "Access keys: AWS SDKs and tools sign their requests with them. See also 'fairlead env'.")
    {
        CreateKey(), Import(), List(), Get(), Switch("enable", true), Switch("disable", false), Remove(),
    };

    private static string PathOf(string id) => $"/v1/keys/{HubRequest.Segment(id)}";

    private Command CreateKey()
    {
        const string Examples =
            """
            fairlead key create --description "night shift"
            fairlead key create --policy dashboard.json --json | jq -r .secret
            """;
        var verb = new ApiVerb(terminal, "key create", "Make an access key. Without a policy it may do everything.", Examples);
        var description = verb.Text("--description", "text", "What it is for.");
        var policy = verb.Text("--policy", "file", "Policy document with what it may do; - for standard input.");
        var expires = verb.Number("--days", "number", "Days until it ends (default never).");
        return verb.Runs(async call =>
        {
            var body = new JsonObject { ["description"] = call.Get(description) };
            await AddAsync(call, body, policy, expires);
            await ShowAsync(call, body, "cannot make a key", "made");
        });
    }

    private Command Import()
    {
        const string Examples =
            """
            fairlead key import AKIAIOSFODNN7EXAMPLE --secret-file secret.txt
            printf %s "$AWS_SECRET_ACCESS_KEY" | fairlead key import "$AWS_ACCESS_KEY_ID"
            """;
        var verb = new ApiVerb(terminal, "key import", "Take over an access key that exists elsewhere, so that its owners need no new one.", Examples);
        var id = verb.Argument("id", "Access key id.");
        var file = verb.Text("--secret-file", "file", "File with the secret (default: standard input).");
        var description = verb.Text("--description", "text", "What it is for.");
        var policy = verb.Text("--policy", "file", "Policy document with what it may do.");
        var expires = verb.Number("--days", "number", "Days until it ends (default never).");
        return verb.Runs(async call =>
        {
            string secret = (await Files.ReadTextAsync(call.Get(file) ?? "-", terminal, "the secret", call.Cancellation)).Trim();
            if (secret.Length == 0)
                throw VerbException.Usage($"cannot import the key {call.Get(id)}", "the secret is empty", "Give it in a file with --secret-file, or on standard input");
            var body = new JsonObject { ["id"] = call.Get(id), ["secret"] = secret, ["description"] = call.Get(description) };
            await AddAsync(call, body, policy, expires);
            await ShowAsync(call, body, $"cannot import the key {call.Get(id)}", "imported");
        });
    }

    private Command List()
    {
        var verb = new ApiVerb(terminal, "key ls", "List access keys, without their secrets.", "fairlead key ls");
        var limit = verb.Limit();
        return verb.Runs(async call => await new Listing(call, "id", "enabled", "createdAt", "expiresAt", new Column("policy", Policy), "description")
            .ShowAsync(call.ListAsync("/v1/keys", "keys", Paging.Registry, "cannot list keys", call.Get(limit))));
    }

    private Command Get()
    {
        const string Examples =
            """
            fairlead key get AKIAIOSFODNN7EXAMPLE
            fairlead key get AKIAIOSFODNN7EXAMPLE --json | jq -r .secret
            """;
        var verb = new ApiVerb(terminal, "key get", "Show an access key with its secret.", Examples);
        var id = verb.Argument("id", "Access key id.");
        return verb.Runs(async call => call.WriteDetails(await call.SendAsync(HubRequest.Get(PathOf(call.Get(id))), $"cannot show the key {call.Get(id)}")));
    }

    private Command Switch(string word, bool enabled)
    {
        var verb = new ApiVerb(
            terminal, $"key {word}", enabled ? "Accept requests signed with a key again." : "Accept no requests signed with a key.", $"fairlead key {word} AKIAIOSFODNN7EXAMPLE");
        var id = verb.Argument("id", "Access key id.");
        return verb.Runs(async call =>
        {
            string key = call.Get(id);
            await call.SendAsync(HubRequest.Patch(PathOf(key), new JsonObject { ["enabled"] = enabled }), $"cannot {word} the key {key}");
            call.WriteJson(new JsonObject { ["id"] = key, ["enabled"] = enabled });
            call.Say($"{word}d {key}");
        });
    }

    private Command Remove()
    {
        var verb = new ApiVerb(terminal, "key rm", "Delete an access key.", "fairlead key rm AKIAIOSFODNN7EXAMPLE --yes");
        var id = verb.Argument("id", "Access key id.");
        verb.Asks();
        return verb.Runs(async call =>
        {
            string key = call.Get(id);
            await call.ConfirmAsync($"delete the key {key}");
            await call.SendAsync(HubRequest.Delete(PathOf(key)), $"cannot delete the key {key}");
            call.WriteJson(new JsonObject { ["id"] = key, ["deleted"] = true });
            call.Say($"deleted {key}");
        });
    }

    private static string Policy(JsonElement key) => key.TryGetProperty("policyDocument", out _) ? "own" : "everything";

    private static async Task ShowAsync(ApiCall call, JsonObject body, string what, string done)
    {
        var key = await call.SendAsync(HubRequest.Post("/v1/keys", body), what);
        call.Say($"{done} the key {Cells.Of(key, "id")}; 'fairlead key get' shows it again");
        call.WriteDetails(key);
    }

    private async Task AddAsync(ApiCall call, JsonObject body, Option<string?> policy, Option<int?> days)
    {
        if (call.Get(policy) is { } file)
            body["policyDocument"] = await Files.ReadTextAsync(file, terminal, "the policy", call.Cancellation);
        if (call.Get(days) is { } number)
            body["expiresAt"] = terminal.Time.GetUtcNow().AddDays(number).ToString("O");
        foreach (string empty in body.Where(static member => member.Value is null).Select(static member => member.Key).ToArray())
            body.Remove(empty);
    }
}
