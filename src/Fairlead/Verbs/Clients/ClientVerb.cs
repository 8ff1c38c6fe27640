using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Clients;

/// <summary><c>fairlead client ls|get|kick</c>.</summary>
internal sealed class ClientVerb(Terminal terminal)
{
    private static readonly Column[] Columns = ["clientId", "connected", "principal", "version", "listener", "remoteAddress", "since", "subscriptions", "queued", "inflight"];

    public Command Create() => new("client", "The clients of a hub.") { List(), Get(), Kick() };

    private Command List()
    {
        const string Examples =
            """
            fairlead client ls --data ./data
            fairlead client ls --prefix lamp --json | jq -r .clientId
            """;
        var verb = new ApiVerb(terminal, "client ls", "List clients, connected or with a stored Session.", Examples);
        var prefix = verb.Text("--prefix", "text", "Only Client Identifiers that begin so.");
        var limit = verb.Limit();
        return verb.Runs(async call =>
        {
            string path = HubRequest.Query("/v1/clients", ("prefix", call.Get(prefix)));
            await new Listing(call, Columns).ShowAsync(call.ListAsync(path, "clients", Paging.Clients, "cannot list clients", call.Get(limit)));
        });
    }

    private Command Get()
    {
        var verb = new ApiVerb(terminal, "client get", "Show one client.", "fairlead client get lamp1 --data ./data --json");
        var id = verb.Argument("client", "Client Identifier.");
        return verb.Runs(async call => call.WriteDetails(
            await call.SendAsync(HubRequest.Get(PathOf(call.Get(id))), $"cannot show the client {call.Get(id)}")));
    }

    private Command Kick()
    {
        var verb = new ApiVerb(
            terminal, "client kick", "Disconnect a client; an MQTT 5 client is told Administrative action (0x98). Its Session stays.", "fairlead client kick lamp1 --data ./data");
        var id = verb.Argument("client", "Client Identifier.");
        return verb.Runs(async call =>
        {
            string client = call.Get(id);
            await call.SendAsync(HubRequest.Delete(PathOf(client)), $"cannot disconnect the client {client}");
            call.WriteJson(new JsonObject { ["clientId"] = client, ["disconnected"] = true });
            call.Say($"disconnected {client}");
        });
    }

    private static string PathOf(string client) => $"/v1/clients/{HubRequest.Segment(client)}";
}
