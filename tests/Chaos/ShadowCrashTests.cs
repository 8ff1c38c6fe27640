using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>Shadows under load while the hub is killed: every accepted update is there, with its version, and no version is given twice.</summary>
public sealed class ShadowCrashTests
{
    [Fact]
    public async Task Shadow_39_what_was_accepted_survives_kill_9_and_versions_go_on()
    {
        var random = Seed.For(nameof(Shadow_39_what_was_accepted_survives_kill_9_and_versions_go_on));
        await using var hub = await HubProcess.StartAsync();
        await using var scene = new ShadowCrashScene(hub);
        await scene.PrepareAsync();
        int rounds = Math.Max(1, Seed.Rounds * 3 / 5);
        for (int round = 0; round < rounds; round++) await scene.RunRoundAsync(endAfter: random.Next(1, 2000));

        TestContext.Current.TestOutputHelper?.WriteLine($"{scene.Accepted} updates accepted in {rounds} rounds");
        scene.Accepted.ShouldBeGreaterThan(rounds);
    }
}
