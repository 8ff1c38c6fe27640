using System.Net;
using Fairlead.Shared;

namespace Fairlead.Interop.Gateway;

/// <summary>Several instances without affinity (spec section 9.4 item 10, checklist 78).</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task Azure_78_Order_locks_and_streams_survive_a_balancer_that_deals_requests_in_turn()
    {
        await using var hub = await RheaHub.StartAsync();
        var (one, two) = await PairAsync(hub);
        await using var first = one;
        await using var second = two;
        GatewayRun[] turn = [first, second];
        for (int i = 0; i < 40; i++)
        {
            using var answer = await turn[i % 2].PostAsync("/api/dev1", $"{i}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(n => $"{n}"), hub.Events("d2c").Select(told => (string?)told["text"]));

        // Polled at one, completed at the other: handed to the one that holds the lock.
        for (int i = 0; i < 4; i++)
        {
            hub.Tell(new { op = "c2d", device = "dev1", id = $"m{i}", body = $"{i}" });
            using var polled = await turn[i % 2].SendAsync(HttpMethod.Get, "/api/dev1/messages/devicebound?wait=30");
            Assert.Equal(HttpStatusCode.OK, polled.StatusCode);
            Assert.Equal($"m{i}", polled.Headers.GetValues("iothub-messageid").Single());
            using var completed = await turn[(i + 1) % 2].SendAsync(HttpMethod.Delete, $"/api/dev1/messages/devicebound/{polled.Headers.ETag!.Tag.Trim('"')}");
            Assert.Equal(HttpStatusCode.NoContent, completed.StatusCode);
            await hub.WaitAsync("settled", told => (string?)told["id"] == $"m{i}" && (string?)told["outcome"] == "accepted");
        }

        Assert.Equal(4, hub.Events("settled").Count(told => (string?)told["outcome"] == "accepted"));
    }

    [Fact]
    public async Task Azure_78_The_stream_that_came_last_has_the_device_and_the_other_ends_without_a_quarrel()
    {
        await using var hub = await RheaHub.StartAsync();
        var (one, two) = await PairAsync(hub);
        await using var first = one;
        await using var second = two;
        using var here = await first.OpenStreamAsync("/api/dev1/stream?kinds=messages&ack=auto");
        await hub.WaitAsync("attach", told => (string?)told["role"] == "sender");
        using var there = await second.OpenStreamAsync("/api/dev1/stream?kinds=messages&ack=auto");
        Assert.Equal("moved", (await here.NextAsync("end")).GetProperty("reason").GetString());
        hub.Tell(new { op = "c2d", device = "dev1", id = "m1", body = "1" });
        await there.NextAsync("message");
        await hub.WaitAsync("settled", told => (string?)told["id"] == "m1");
        Assert.Equal(2, hub.Events("attach").Count(told => (string?)told["role"] == "sender"));

        // Back at the first at once: a device that comes is served.
        using var back = await first.OpenStreamAsync("/api/dev1/stream?kinds=messages&ack=auto");
        hub.Tell(new { op = "c2d", device = "dev1", id = "m2", body = "2" });
        Assert.Equal("m2", (await back.NextAsync("message")).GetProperty("messageId").GetString());
    }

    [Fact]
    public async Task Azure_78_When_an_instance_is_killed_the_other_serves_its_devices()
    {
        await using var hub = await RheaHub.StartAsync();
        var (one, two) = await PairAsync(hub);
        await using var first = one;
        await using var second = two;
        using var here = await first.OpenStreamAsync("/api/dev1/stream?kinds=messages");
        hub.Tell(new { op = "c2d", device = "dev1", id = "m1", body = "1" });
        await here.NextAsync("message");
        await first.KillAsync();
        await hub.WaitAsync("disconnected");
        // rhea's hub does not put back what a dead link held: the next message shows that the device is served.
        using var there = await second.OpenStreamAsync("/api/dev1/stream?kinds=messages&ack=auto");
        hub.Tell(new { op = "c2d", device = "dev1", id = "m2", body = "2" });
        Assert.Equal("m2", (await there.NextAsync("message")).GetProperty("messageId").GetString());
        using var sent = await second.PostAsync("/api/dev1", "1");
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
    }

    private static async Task<(GatewayRun One, GatewayRun Two)> PairAsync(RheaHub hub)
    {
        int[] ports = [FreePort.Take(), FreePort.Take()];
        var one = await GatewayRun.StartAsync(hub.Address, [.. GatewayRun.Policy, ("Listen", $"http://127.0.0.1:{ports[0]}"), ("InstanceId", "gw1"), ("Peers", $"gw2=http://127.0.0.1:{ports[1]}")]);
        var two = await GatewayRun.StartAsync(hub.Address, [.. GatewayRun.Policy, ("Listen", $"http://127.0.0.1:{ports[1]}"), ("InstanceId", "gw2"), ("Peers", $"gw1=http://127.0.0.1:{ports[0]}")]);
        return (one, two);
    }
}
