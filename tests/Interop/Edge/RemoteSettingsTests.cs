using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>Settings from the shadow <c>edge-config</c>.</summary>
public sealed class RemoteSettingsTests
{
    private const string Shadow = "$aws/things/test:device/shadow/name/edge-config";

    [Fact]
    public async Task Edge_60_settings_from_the_cloud_are_checked_kept_and_reported()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var hub = await HubProcess.StartAsync();
        await using var edge = new EdgeRun(new Dictionary<string, object>
        {
            ["address"] = $"tcp://127.0.0.1:{hub.Mqtt.Port}",
            ["localAddress"] = local.Url.OriginalString,
            ["deviceId"] = "test:device",
            ["remoteConfig.enabled"] = true,
            ["reconnectMax"] = 1,
        }).Start();
        await edge.LogLineAsync("session new link=hub");
        await using var cloud = await Listener.ConnectAsync(hub.Mqtt, $"{Shadow}/update/accepted");

        await cloud.PublishAsync($"{Shadow}/update", """{"state":{"desired":{"logLevel":"DEBUG","rate":{"profile":"custom","messages":50}}}}""");
        var applied = await cloud.NextAsync(static message => message.Text.Contains("\"reported\"", StringComparison.Ordinal));
        applied.Text.ShouldContain("\"result\":\"applied\"");
        await edge.LogLineAsync("settings from the cloud are in force: logLevel, rate");
        await using var app = await Listener.ConnectAsync(local.Url);
        await app.PublishAsync("e", "x");
        await edge.LogLineAsync("DEBUG");

        await cloud.PublishAsync($"{Shadow}/update", """{"state":{"desired":{"address":"tcp://elsewhere:1"}}}""");
        var refused = await cloud.NextAsync(static message => message.Text.Contains("\"result\":\"refused\"", StringComparison.Ordinal));
        refused.Text.ShouldContain("address cannot be set from the cloud");

        // They outlive a restart, without a word from the cloud.
        await edge.KillAsync();
        await hub.StopAsync();
        int before = edge.Log.Split('\n').Count(static line => line.Contains("DEBUG", StringComparison.Ordinal));
        edge.Start();
        await edge.LogLineAsync("takes messages", times: 2);
        await app.PublishAsync("e", "y");
        await edge.LogLineAsync("DEBUG", before + 1);
    }

    [Fact]
    public async Task Edge_60_settings_without_which_the_hub_was_reachable_are_undone_when_it_stays_away()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var hub = await HubProcess.StartAsync();
        await using var edge = new EdgeRun(new Dictionary<string, object>
        {
            ["address"] = $"tcp://127.0.0.1:{hub.Mqtt.Port}",
            ["localAddress"] = local.Url.OriginalString,
            ["deviceId"] = "test:device",
            ["remoteConfig.enabled"] = true,
            ["remoteConfig.rollback"] = 8,
            ["reconnectMax"] = 1,
        }).Start();
        await edge.LogLineAsync("session new link=hub");
        await using (var cloud = await Listener.ConnectAsync(hub.Mqtt, $"{Shadow}/update/accepted"))
        {
            await cloud.PublishAsync($"{Shadow}/update", """{"state":{"desired":{"logLevel":"DEBUG"}}}""");
            await cloud.NextAsync(static message => message.Text.Contains("\"applied\"", StringComparison.Ordinal));
        }

        await hub.KillAsync(); // before the settings had the time to prove themselves
        await edge.LogLineAsync("settings from the cloud undone: no connection within 8 s");
        await using var app = await Listener.ConnectAsync(local.Url);
        int before = Details(edge);
        await app.PublishAsync("e", "x");
        await hub.RestartAsync();
        await using var again = await Listener.ConnectAsync(hub.Mqtt, $"{Shadow}/update/accepted");
        await again.NextAsync(static message => message.Text.Contains("\"undone\"", StringComparison.Ordinal));
        Details(edge).ShouldBe(before, "the level before is in force");

        static int Details(EdgeRun edge) => edge.Log.Split('\n').Count(static line => line.Contains(" DEBUG ", StringComparison.Ordinal) && line.Contains("out", StringComparison.Ordinal));
    }
}
