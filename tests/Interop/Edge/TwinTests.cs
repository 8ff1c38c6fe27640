using System.Text.Json;

namespace Fairlead.Interop.Edge;

/// <summary>Local Ditto messages and shadows of the hub: real mosquitto, real connector, real hub, applications through boto3 and the SDK for JavaScript.</summary>
public sealed class TwinTests
{
    private static readonly Dictionary<string, object> AckCloud = new(StringComparer.Ordinal) { ["twin.ack"] = "cloud" };

    [Fact]
    public async Task Edge_42_52_54_56_commands_become_shadows_and_what_the_cloud_does_becomes_events()
    {
        await using var rig = new TwinRig();
        await rig.StartAsync(AckCloud);
        Status(await rig.AskAsync("modify", "/features/f", """{"definition":["a:b:1.0.0"],"properties":{"x":1.10,"old":12345678901234567890}}""")).ShouldBe(201);
        (await rig.StateAsync("f")).ShouldBe("""{"reported":{"definition":["a:b:1.0.0"],"x":1.10,"old":12345678901234567890}}""");
        Status(await rig.AskAsync("modify", "/features/f/properties", """{"x":2}""")).ShouldBe(204);
        (await rig.StateAsync("f")).ShouldBe("""{"reported":{"definition":["a:b:1.0.0"],"x":2}}""");
        Status(await rig.AskAsync("merge", "/attributes/place", "\"hall\"")).ShouldBe(204);
        (await rig.StateAsync(null)).ShouldBe("""{"reported":{"place":"hall"}}""");

        await rig.Shadows.HttpUpdateAsync(rig.Aws.Boto3, """{"state":{"desired":{"x":{"deep":5}}}}""", "f");
        var wanted = TwinRig.Parse(await rig.NextAsync("command///req//modified"));
        wanted.GetProperty("topic").GetString().ShouldBe("test/device/things/twin/events/modified");
        wanted.GetProperty("path").GetString().ShouldBe("/features/f/desiredProperties/x");
        wanted.GetProperty("value").GetRawText().ShouldBe("""{"deep":5}""");
        wanted.GetProperty("revision").GetInt64().ShouldBe(3);

        await rig.Shadows.HttpUpdateAsync(rig.Aws.JavaScript, """{"state":{"desired":{"place":"cellar"}}}""");
        var told = TwinRig.Parse(await rig.NextAsync("command///req//modified"));
        told.GetProperty("path").GetString().ShouldBe("/attributes/place");
        told.GetProperty("value").GetString().ShouldBe("cellar");

        await rig.Shadows.HttpDeleteAsync(rig.Aws.Boto3, "f");
        TwinRig.Parse(await rig.NextAsync("command///req//deleted")).GetProperty("path").GetString().ShouldBe("/features/f");
        Status(await rig.AskAsync("retrieve", "/features/f")).ShouldBe(404);

        Status(await rig.AskAsync("delete", "/attributes")).ShouldBe(204);
        (await rig.StateAsync(null)).ShouldBeNull();
    }

    [Fact]
    public async Task Edge_54_a_shadow_that_grows_too_large_is_refused_by_the_hub_and_the_application_hears_of_it()
    {
        await using var rig = new TwinRig();
        await rig.StartAsync(AckCloud);
        string text = $"\"{new string('x', 5000)}\"";
        Status(await rig.AskAsync("modify", "/features/big/properties/a", text)).ShouldBe(201);
        var answer = await rig.AskAsync("modify", "/features/big/properties/b", text);
        Status(answer).ShouldBe(413);
        answer.GetProperty("topic").GetString().ShouldBe("test/device/things/twin/errors");
        answer.GetProperty("value").GetProperty("error").GetString().ShouldBe("things:thing.toolarge");
        Status(await rig.AskAsync("modify", "/features/big/properties/a", "1")).ShouldBe(204);
        (await rig.StateAsync("big")).ShouldBe("""{"reported":{"a":1}}""");
    }

    [Fact]
    public async Task Edge_46_53_55_offline_the_local_twin_answers_and_the_hub_catches_up()
    {
        await using var rig = new TwinRig();
        await rig.StartAsync(new Dictionary<string, object>(StringComparer.Ordinal));
        Status(await rig.AskAsync("modify", "/features/f/properties", """{"n":0,"old":1}""")).ShouldBe(201);
        await rig.Aws.Hub.KillAsync();
        for (int n = 1; n <= 20; n++) await rig.SendAsync("modify", "/features/f/properties", $$"""{"n":{{n}}}""");
        (await rig.AskAsync("retrieve", "/features/f/properties")).GetProperty("value").GetRawText().ShouldBe("""{"n":20}""");
        await rig.RestartEdgeAsync();
        (await rig.AskAsync("retrieve", "/features/f/properties")).GetProperty("value").GetRawText().ShouldBe("""{"n":20}""");
        await rig.Aws.Hub.RestartAsync();
        await rig.ConnectedAsync();
        await ReachesAsync(rig, "f", """{"reported":{"n":20}}""");

        await rig.Shadows.HttpUpdateAsync(rig.Aws.Boto3, """{"state":{"desired":{"n":7}}}""", "f");
        var wanted = TwinRig.Parse(await rig.NextAsync("command///req//modified"));
        wanted.GetProperty("path").GetString().ShouldBe("/features/f/desiredProperties/n");
        wanted.GetProperty("value").GetRawText().ShouldBe("7");
    }

    private static int Status(JsonElement answer) => answer.GetProperty("status").GetInt32();

    /// <summary>Waits until a shadow is in a state. Each round asks the hub anew.</summary>
    private static async Task ReachesAsync(TwinRig rig, string name, string state)
    {
        using var deadline = new CancellationTokenSource(Drivers.DriverProcess.Deadline);
        while (await rig.StateAsync(name) != state) deadline.Token.ThrowIfCancellationRequested();
    }
}
