using System.Text.Json;

namespace Fairlead.Verbs.Remote;

/// <summary>Finds an access key that a verb may use or hand out.</summary>
internal static class AccessKeys
{
    /// <summary>The key of an id, or the first that is enabled and may do everything.</summary>
    public static async Task<JsonElement> FindAsync(ApiCall call, string? id)
    {
        const string What = "cannot read an access key";
        if (id is null)
        {
            await foreach (var key in call.ListAsync("/v1/keys", "keys", Paging.Registry, What))
            {
                // A key with a policy of its own was made for somebody else.
                if (key.GetProperty("enabled").GetBoolean() && !key.TryGetProperty("policyDocument", out _))
                {
                    id = key.GetProperty("id").GetString();
                    break;
                }
            }
        }

        if (id is null)
            throw new VerbException(ExitCode.NotFound, What, "there is no key that is enabled and may do everything", "Make one with fairlead key create");
        return await call.SendAsync(HubRequest.Get($"/v1/keys/{HubRequest.Segment(id)}"), What);
    }
}
