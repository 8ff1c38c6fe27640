using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Shadows;

/// <summary>The shadow client of aws-iot-device-sdk-v2, over its MQTT 3.1.1 and its MQTT 5 client.</summary>
public sealed class DeviceSdkShadowTests(ShadowHub hub) : IClassFixture<ShadowHub>
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Shadow_58_the_SDK_gets_updates_and_deletes_a_classic_shadow_and_hears_deltas(int version)
    {
        var room = await hub.OpenAsync();
        var device = await hub.Stage.ConnectAsync(new Peer(Foreign.AwsSdk, version));
        var rejected = await AskAsync(device, "getShadow", new { thingName = room.Thing }, "rejected");
        rejected.GetProperty("code").GetInt32().ShouldBe(404);
        rejected.GetProperty("message").GetString().ShouldBe($"No shadow exists with name: '{room.Thing}'");

        await StreamAsync(device, "delta", "createShadowDeltaUpdatedStream", new { thingName = room.Thing });
        await StreamAsync(device, "documents", "createShadowUpdatedStream", new { thingName = room.Thing });
        var accepted = await AskAsync(device, "updateShadow", new { thingName = room.Thing, state = new { reported = new { temperature = 36 } } });
        accepted.GetProperty("version").GetInt32().ShouldBe(1);
        accepted.GetProperty("state").GetProperty("reported").GetProperty("temperature").GetInt32().ShouldBe(36);
        Read((await EventsAsync(device, 1)).Single()).GetProperty("current").GetProperty("state").GetRawText().ShouldBe("""{"reported":{"temperature":36}}""");

        await room.HttpUpdateAsync(hub.Aws.JavaScript, """{"state":{"desired":{"temperature":28}}}""");
        var events = (await EventsAsync(device, 2)).ToDictionary(static delivery => delivery.Topic, Read);
        events["delta"].GetProperty("state").GetRawText().ShouldBe("""{"temperature":28}""");
        events["delta"].GetProperty("version").GetInt32().ShouldBe(2);
        events["documents"].GetProperty("previous").GetProperty("version").GetInt32().ShouldBe(1);

        accepted = await AskAsync(device, "getShadow", new { thingName = room.Thing });
        accepted.GetProperty("state").GetProperty("delta").GetProperty("temperature").GetInt32().ShouldBe(28);
        rejected = await AskAsync(device, "updateShadow", new { thingName = room.Thing, state = new { reported = new { temperature = 28 } }, version = 1 }, "rejected");
        rejected.GetProperty("code").GetInt32().ShouldBe(409);
        (await AskAsync(device, "deleteShadow", new { thingName = room.Thing })).GetProperty("version").GetInt32().ShouldBe(2);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Shadow_58_the_SDK_gets_updates_and_deletes_a_named_shadow_and_hears_deltas(int version)
    {
        var room = await hub.OpenAsync();
        var device = await hub.Stage.ConnectAsync(new Peer(Foreign.AwsSdk, version));
        var name = new { thingName = room.Thing, shadowName = "config" };
        (await AskAsync(device, "getNamedShadow", name, "rejected")).GetProperty("message").GetString().ShouldBe("No shadow exists with name: 'config'");
        await StreamAsync(device, "delta", "createNamedShadowDeltaUpdatedStream", name);
        await StreamAsync(device, "documents", "createNamedShadowUpdatedStream", name);
        await AskAsync(device, "updateNamedShadow", new { name.thingName, name.shadowName, state = new { desired = new { on = true } } });
        var events = (await EventsAsync(device, 2)).ToDictionary(static delivery => delivery.Topic, Read);
        events["delta"].GetProperty("state").GetRawText().ShouldBe("""{"on":true}""");
        events["documents"].TryGetProperty("previous", out _).ShouldBeFalse();
        (await AskAsync(device, "getNamedShadow", name)).GetProperty("version").GetInt32().ShouldBe(1);
        (await AskAsync(device, "deleteNamedShadow", name)).GetProperty("version").GetInt32().ShouldBe(1);
    }

    private static JsonElement Read(Delivery delivery) => ShadowRoom.Parse(delivery.Text);

    /// <summary>Events of the streams; the driver tells the plain messages too, on their own topics.</summary>
    private static async Task<IReadOnlyList<Delivery>> EventsAsync(ForeignClient device, int count)
    {
        var events = new List<Delivery>();
        while (events.Count < count)
        {
            var delivery = await device.NextAsync();
            if (!delivery.Topic.StartsWith('$')) events.Add(delivery);
        }

        return events;
    }

    private static async Task<JsonElement> AskAsync(ForeignClient device, string call, object arguments, string expected = "accepted")
    {
        var answer = await device.Driver.RequestAsync("shadow", device.Name, new { call, arguments });
        answer.Ok.ShouldBeTrue($"{call}: {answer.Error}");
        answer.Properties.TryGetProperty(expected, out var document).ShouldBeTrue(answer.Properties.GetRawText());
        return document;
    }

    private static async Task StreamAsync(ForeignClient device, string name, string call, object arguments)
    {
        var answer = await device.Driver.RequestAsync("shadowStream", device.Name, new { name, call, arguments });
        answer.Ok.ShouldBeTrue($"{call}: {answer.Error}");
    }
}
