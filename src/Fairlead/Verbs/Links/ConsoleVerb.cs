using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Links;

/// <summary><c>fairlead console</c>: a link to the web console that signs in once.</summary>
internal sealed class ConsoleVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead console --data ./data                   # on the machine of the hub
        xdg-open "$(fairlead console)"
        fairlead console --role viewer                   # for somebody who shall look, and change nothing
        """;

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "console", "Print a link to the web console that signs in once, within 15 minutes.", Examples);
        var role = verb.Text("--role", "role", "viewer, operator or admin (default admin).");
        return verb.Runs(async call =>
        {
            var body = new JsonObject();
            if (call.Get(role) is { } name)
                body["role"] = name;
            var made = await call.SendAsync(HubRequest.Post("/v1/console/links", body), "cannot make a link to the console");
            string url = call.Hub.Url.GetLeftPart(UriPartial.Authority) + made.GetProperty("path").GetString();
            if (call.Talk.Json)
                call.WriteLine(JsonText.Of(new JsonObject { ["url"] = url, ["expiresAt"] = made.GetProperty("expiresAt").GetInt64() }));
            else
                call.WriteLine(url);
        });
    }
}
