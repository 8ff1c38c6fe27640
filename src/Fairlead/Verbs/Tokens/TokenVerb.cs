using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Tokens;

/// <summary><c>fairlead token create|ls|rm</c>: what scripts and monitors show to the HTTP API, with a role of the console.</summary>
internal sealed class TokenVerb(Terminal terminal)
{
    private const int UsualDays = 365;
    private const int LongestDays = 36_500;

    public Command Create() => new("token", "API tokens: scripts and monitors use the HTTP API with them, with a role of the console.") { CreateToken(), List(), Remove() };

    private Command CreateToken()
    {
        const string Examples =
            """
            fairlead token create grafana --role viewer --days 90
            FAIRLEAD_TOKEN=$(fairlead token create night-shift --role operator --json | jq -r .token)
            """;
        var verb = new ApiVerb(terminal, "token create", "Make an API token. It is shown this once; the hub keeps its hash.", Examples);
        var name = verb.Argument("name", "Name, by which it is listed and revoked.");
        var role = verb.Text("--role", "role", "What it may do: viewer (default), operator or admin.");
        var days = verb.Number("--days", "number", $"Days until it ends (default {UsualDays}; 0 for never).", least: 0, most: LongestDays);
        return verb.Runs(async call =>
        {
            string token = call.Get(name);
            int number = call.Get(days) ?? UsualDays;
            var body = new JsonObject { ["name"] = token, ["role"] = call.Get(role) ?? "viewer" };
            if (number > 0) body["expiresAt"] = terminal.Time.GetUtcNow().AddDays(number).ToString("O");
            var made = await call.SendAsync(HubRequest.Post("/v1/tokens", body), $"cannot make the token {token}");
            call.Say($"made the token {token}; copy it now, nobody can show it again");
            call.WriteDetails(made);
        });
    }

    private Command List()
    {
        var verb = new ApiVerb(terminal, "token ls", "List API tokens. What they are is kept nowhere.", "fairlead token ls");
        var limit = verb.Limit();
        return verb.Runs(async call => await new Listing(call, "name", "role", "createdAt", "expiresAt", "createdBy")
            .ShowAsync(call.ListAsync("/v1/tokens", "tokens", Paging.Registry, "cannot list tokens", call.Get(limit))));
    }

    private Command Remove()
    {
        var verb = new ApiVerb(terminal, "token rm", "Revoke an API token: whoever uses it is cut off at once.", "fairlead token rm grafana --yes");
        var name = verb.Argument("name", "Name of the token.");
        verb.Asks();
        return verb.Runs(async call =>
        {
            string token = call.Get(name);
            await call.ConfirmAsync($"revoke the token {token}");
            await call.SendAsync(HubRequest.Delete($"/v1/tokens/{HubRequest.Segment(token)}"), $"cannot revoke the token {token}");
            call.WriteJson(new JsonObject { ["name"] = token, ["revoked"] = true });
            call.Say($"revoked {token}");
        });
    }
}
