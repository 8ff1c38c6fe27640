using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Logs;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Clients;

/// <summary><c>fairlead client ls|get|kick|events|trace</c>.</summary>
internal sealed class ClientVerb(Terminal terminal)
{
    private static readonly Column[] Columns = ["clientId", "connected", "principal", "version", "listener", "remoteAddress", "since", "subscriptions", "queued", "inflight"];

    public Command Create() => new("client", "The clients of a hub.") { List(), Get(), Kick(), Events(), Trace() };

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

    private Command Events()
    {
        var verb = new ApiVerb(terminal, "client events", "Show what happened to a client last: connects, refusals, disconnects with their reasons.", "fairlead client events lamp1");
        var id = verb.Argument("client", "Client Identifier.");
        return verb.Runs(async call =>
        {
            var answer = await call.SendAsync(HubRequest.Get($"{PathOf(call.Get(id))}/events"), $"cannot show the events of {call.Get(id)}");
            var listing = new Listing(call, "time", "event", "detail");
            foreach (var happened in answer.GetProperty("events").EnumerateArray())
                listing.Add(happened);
            listing.End();
        });
    }

    private Command Trace()
    {
        const string Examples =
            """
            fairlead client trace lamp1                    # everything it does, until Ctrl-C
            fairlead client trace lamp1 --json > trace.ndjson
            """;
        var verb = new ApiVerb(terminal, "client trace", "Log everything that a client does, and show it until Ctrl-C.", Examples, timeoutMeans: "Longest wait for the beginning of the answer");
        var id = verb.Argument("client", "Client Identifier.");
        return verb.Runs(async call =>
        {
            string client = call.Get(id);
            string what = $"cannot trace {client}";
            var level = new ClientLogLevel(call, client, what);
            await level.RaiseAsync();
            call.Say($"tracing {client}; Ctrl-C ends");
            try
            {
                await LogVerb.FollowAsync(call, HubRequest.Query("/v1/logs", ("client", client), ("limit", "0"), ("follow", "true")), what);
            }
            finally
            {
                // Also after Ctrl-C: nobody wants to pay for a trace that nobody reads.
                await level.RestoreAsync();
            }
        });
    }

    private static string PathOf(string client) => $"/v1/clients/{HubRequest.Segment(client)}";
}
