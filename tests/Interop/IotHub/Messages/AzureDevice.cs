namespace Fairlead.Interop.IotHub.Messages;

/// <summary>A device of a hub, with its key.</summary>
public sealed record AzureDevice(AzureHub Hub, string Id, string Key)
{
    /// <summary>Its connection string for a transport: MQTT goes to the mqtts:// port, the others know 443 alone.</summary>
    public string ConnectionString(string transport) =>
        $"HostName={Host(transport)};DeviceId={Id};SharedAccessKey={Key}";

    /// <summary>Host, and port where the transport takes one.</summary>
    public string Host(string transport) => transport == "Mqtt" ? $"localhost:{Hub.Hub.Listener("mqtts").Port}" : AzureHub.Address;

    /// <summary>A token of its own.</summary>
    public string Token(DateTimeOffset? expiry = null) => AzureHub.TokenOf($"{AzureHub.Address}/devices/{Id}", Key, null, expiry);

    /// <summary>A request of the device API.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string below, HttpContent? content = null, params (string Name, string Value)[] headers) =>
        Hub.SendAsync(Token(), method, $"/devices/{Uri.EscapeDataString(Id)}/{below}", content, headers);
}
