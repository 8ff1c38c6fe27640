using System.Text.Json;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Things;

/// <summary>Waits until a device has connected for the first time, so that who has just made it sees that it works.</summary>
internal sealed class FirstConnection(ApiCall call, string thing, string certificateId)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <summary>Waits.</summary>
    /// <param name="limit">How long; null until Ctrl-C.</param>
    /// <returns>The client; null when the time was over.</returns>
    public async Task<JsonElement?> WaitAsync(TimeSpan? limit)
    {
        var started = call.Terminal.Time.GetTimestamp();
        while (limit is null || call.Terminal.Time.GetElapsedTime(started) < limit)
        {
            await foreach (var client in call.ListAsync(HubRequest.Query("/v1/clients", ("prefix", thing)), "clients", Paging.Clients, "cannot watch the clients"))
            {
                bool isConnected = client.TryGetProperty("connected", out var connected) && connected.ValueKind == JsonValueKind.True;
                if (isConnected && (Cells.Of(client, "clientId") == thing || Cells.Of(client, "principal").Contains(certificateId, StringComparison.Ordinal)))
                    return client;
            }

            await Task.Delay(Pause, call.Terminal.Time, call.Cancellation);
        }

        return null;
    }
}
