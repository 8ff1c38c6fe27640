using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Things;

/// <summary>What several verbs do with things.</summary>
internal static class ThingCalls
{
    public static string PathOf(string thing) => $"/things/{HubRequest.Segment(thing)}";

    /// <summary>Reads <c>key=value</c>.</summary>
    public static JsonObject Attributes(IEnumerable<string> assignments)
    {
        var attributes = new JsonObject();
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw VerbException.Usage("cannot tell the attribute", $"'{assignment}' is not key=value", "Give --attr color=red");
            attributes[assignment[..equals]] = assignment[(equals + 1)..];
        }

        return attributes;
    }

    /// <summary>ARNs of the principals of a thing.</summary>
    public static async Task<List<string>> PrincipalsOfAsync(ApiCall call, string thing)
    {
        var principals = new List<string>();
        await foreach (var principal in call.ListAsync($"{PathOf(thing)}/principals", "principals", Paging.Registry, $"cannot list the certificates of the thing {thing}"))
            principals.Add(principal.GetString()!);
        return principals;
    }
}
