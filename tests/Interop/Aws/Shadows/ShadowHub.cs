using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Shadows;

/// <summary>A hub with AWS SDKs for HTTP, and one process of MQTT.js and of Paho for the topics. Tests keep apart by things.</summary>
public sealed class ShadowHub : IAsyncLifetime
{
    private static int _lastNumber;

    public AwsHub Aws { get; } = new();

    public Stage Stage { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Aws.InitializeAsync();
        Stage = new Stage(Aws.Hub);
    }

    /// <summary>A thing of the test's own, watched by MQTT.js.</summary>
    public async Task<ShadowRoom> OpenAsync(Peer? peer = null)
    {
        string thing = $"thing-{Interlocked.Increment(ref _lastNumber)}";
        var client = await Stage.ConnectAsync(peer ?? new Peer(Foreign.MqttJs, 5));
        (await client.SubscribeAsync($"$aws/things/{thing}/shadow/#", 1)).ShouldBe(1);
        return new ShadowRoom(Aws, client, thing);
    }

    public async ValueTask DisposeAsync()
    {
        if (Stage is not null)
            await Stage.DisposeAsync();
        await Aws.DisposeAsync();
    }
}
