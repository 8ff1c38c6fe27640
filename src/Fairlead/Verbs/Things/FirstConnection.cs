using System.Text.Json;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Things;

/// <summary>
/// Waits until a device has connected for the first time, so that who has just made it sees that it works. Told by the presence events
/// of the hub: a client that publishes once and goes is gone before anybody asks for it.
/// </summary>
internal sealed class FirstConnection(ApiCall call, string thing, string certificateId)
{
    private const string Presence = "$aws/events/presence/connected/";

    /// <summary>Waits.</summary>
    /// <param name="limit">How long; null until Ctrl-C.</param>
    /// <returns>Client Identifier; null when the time was over.</returns>
    public async Task<string?> WaitAsync(TimeSpan? limit)
    {
        using var patience = limit is { } time ? new CancellationTokenSource(time, call.Terminal.Time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, patience.Token);
        try
        {
            await using var client = await HubMqtt.ConnectAsync(call, "cannot watch for the first connection");
            string[] filters = [$"{Presence}{thing}", $"{Presence}{thing}/#"];
            await client.SubscribeAsync(
                new SubscribePacket { Subscriptions = [.. filters.Select(static filter => new SubscriptionRequest(filter, QualityOfService.AtLeastOnce))] }, either.Token);
            if (await ConnectedAsync() is { } early)
                return early;
            await foreach (var message in client.ReceiveAllAsync(either.Token))
            {
                if (IsOurs(message.Payload))
                    return message.Topic[Presence.Length..];
            }

            return null;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !call.Cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private bool IsOurs(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            return Cells.Of(document.RootElement, "principalIdentifier") == certificateId;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Whoever came before the events were watched.</summary>
    private async Task<string?> ConnectedAsync()
    {
        await foreach (var client in call.ListAsync(HubRequest.Query("/v1/clients", ("prefix", thing)), "clients", Paging.Clients, "cannot watch the clients"))
        {
            bool isConnected = client.TryGetProperty("connected", out var connected) && connected.ValueKind == JsonValueKind.True;
            if (isConnected && Cells.Of(client, "principal").Contains(certificateId, StringComparison.Ordinal))
                return Cells.Of(client, "clientId");
        }

        return null;
    }
}
