using System.Globalization;
using Fairlead.Shared;

namespace Fairlead.Chaos;

public sealed class KillTests
{
    /// <summary>
    /// Two publishers and three subscribers with persistent Sessions. Every round kills the hub after a random number of
    /// acknowledgements and deliveries and starts it again on the same data. One subscriber is absent until the end.
    /// </summary>
    [Fact]
    public async Task What_was_acknowledged_survives_kill_9()
    {
        var random = Seed.For(nameof(What_was_acknowledged_survives_kill_9));
        await using var hub = await HubProcess.StartAsync();
        await using var scene = new KillScene(hub);
        await scene.PrepareAsync();
        for (var round = 0; round < Seed.Rounds; round++)
            await scene.RunRoundAsync(round, killAfter: random.Next(1, 500), online: [.. scene.Readers.Where(_ => random.Next(5) > 0)]);

        await scene.SettleAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(scene.Summary);
        var because = $"CHAOS_SEED={Seed.Value.ToString(CultureInfo.InvariantCulture)}; {scene.Summary}";
        foreach (var reader in scene.AllReaders)
        {
            foreach (var (topic, count) in scene.Published)
            {
                var received = reader.Received(topic);
                if (topic.EndsWith("/2", StringComparison.Ordinal))
                    received.ShouldBe(Enumerable.Range(0, count), $"{reader.Client.ClientId} {topic}: QoS 2 is exactly once and in order; {because}");
                else
                    received.Distinct().ShouldBe(Enumerable.Range(0, count), $"{reader.Client.ClientId} {topic}: QoS 1 is at least once and in order; {because}");
            }
        }

        await scene.CheckRetainedAsync(because);
        await scene.CheckSubscriptionsAsync(because);
    }
}
