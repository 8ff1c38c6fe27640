using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Verbs.Kits;

namespace Fairlead.Verbs.Demo;

/// <summary>A device of the tour: an MQTT client that says what it gets.</summary>
internal sealed class DemoDevice : IAsyncDisposable
{
    private readonly MqttClient _client;

    private DemoDevice(MqttClient client) => _client = client;

    /// <summary>The client.</summary>
    public MqttClient Client => _client;

    /// <summary>What a device with a kit connects with.</summary>
    public static MqttClientOptions OptionsOf(KitConnection kit) => new()
    {
        Server = kit.Server,
        ClientId = kit.ClientId,
        Tls = new TlsOptions { CaFile = kit.RootCaFile, CertificateFile = kit.CertificateFile, KeyFile = kit.PrivateKeyFile },
        // A device of the tour that is cut off stays away.
        Reconnect = null,
    };

    /// <summary>Connects and subscribes.</summary>
    public static async Task<DemoDevice> ConnectAsync(MqttClientOptions options, CancellationToken cancellationToken, params string[] filters)
    {
        var client = new MqttClient(options);
        try
        {
            await client.ConnectAsync(cancellationToken);
            foreach (string filter in filters) await client.SubscribeAsync(filter, QualityOfService.AtLeastOnce, cancellationToken);
            return new DemoDevice(client);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes with QoS 1.</summary>
    public async Task PublishAsync(string topic, string payload, CancellationToken cancellationToken) =>
        await _client.PublishAsync(topic, Encoding.UTF8.GetBytes(payload), QualityOfService.AtLeastOnce, cancellationToken: cancellationToken);

    /// <summary>The next message that is wanted; others are passed over.</summary>
    public async Task<(string Topic, string Text)> NextAsync(Func<string, string, bool> isWanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await _client.ReceiveAsync(cancellationToken);
            string text = Encoding.UTF8.GetString(message.Payload.Span);
            if (isWanted(message.Topic, text)) return (message.Topic, text);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
