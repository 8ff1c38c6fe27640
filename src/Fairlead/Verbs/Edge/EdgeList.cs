using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Edge;

/// <summary><c>fairlead edge ls</c>: the connectors that report to a hub.</summary>
internal sealed class EdgeList(Terminal terminal)
{
    private const string Examples =
        """
        fairlead edge ls
        fairlead edge ls --down                                  # 1 when some are
        fairlead edge ls --json | jq -r 'select(.buffered > 0).clientId'
        """;

    private static readonly Paging Pages = new("limit", "after", "next", 500);

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "edge ls", "List the edge connectors that report to a hub, as they last did.", Examples);
        var down = verb.Flag("--down", "Only those that are down; the exit code is 1 when there are some.");
        var limit = verb.Limit();
        return verb.Runs(async call =>
        {
            bool onlyDown = call.Get(down);
            int left = call.Get(limit) ?? int.MaxValue;
            int found = 0;
            var listing = new Listing(
                call, "clientId", new("state", static edge => IsUp(edge) ? "up" : "down"), new("since", static edge => Time(edge, "since")), "buffered", new("oldest", static edge => Time(edge, "oldestAt")),
                "rate", "sent", "dropped", "version", "cause");
            await foreach (var edge in call.ListAsync("/v1/edges", "edges", Pages, "cannot list edge connectors"))
            {
                if ((onlyDown && IsUp(edge)) || left-- <= 0)
                    continue;
                found++;
                listing.Add(edge);
            }

            listing.End();
            return onlyDown && found > 0 ? ExitCode.Failed : ExitCode.Done;
        });
    }

    private static bool IsUp(JsonElement edge) => edge.GetProperty("up").GetBoolean();

    private static string Time(JsonElement edge, string member) => edge.TryGetProperty(member, out var at) && at.ValueKind == JsonValueKind.Number
        ? DateTimeOffset.FromUnixTimeMilliseconds(at.GetInt64()).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
        : "-";
}
