using System.Globalization;
using Fairlead.Chaos.Clients;
using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>A subscriber that never reads costs nobody but itself.</summary>
public sealed class SlowReaderTests(StormHub hub) : IClassFixture<StormHub>
{
    [Fact]
    public async Task A_flood_of_QoS_0_passes_a_reader_that_does_not_read()
    {
        const int Count = 20_000;
        await using var bystanders = await Bystanders.StartAsync(hub.Process);
        await using var slow = await hub.SubscribeAsync(4, "slow-0", "flood/0", qos: 0);
        slow.Socket.ReceiveBufferSize = 4096;
        await using var fast = await hub.SubscribeAsync(4, "fast-0", "flood/0", qos: 0);
        var fastCount = CountUntilAsync(fast, "end/0");
        await fast.SendAsync(RawPackets.Subscribe(4, 2, "end/0", 1));
        await using var publisher = await hub.ConnectAsync(4, "flooder-0");
        var before = hub.Memory;
        var most = before;
        var packet = RawPackets.Publish(4, "flood/0", new byte[16 * 1024]);

        for (var n = 0; n < Count; n++) // 320 MB
        {
            await publisher.SendAsync(packet); // fails after a deadline when the hub holds the publisher up
            if (n % 500 == 0)
                most = Math.Max(most, hub.Memory);
        }

        await publisher.SendAsync(RawPackets.Publish(4, "end/0", "end", 1, 1));
        ((RawType)(await publisher.ReadAsync()).Type).ShouldBe(RawType.PubAck);

        var received = await fastCount;
        received.ShouldBeGreaterThan(0);
        (await hub.MetricAsync("fairlead_mqtt_dropped_total")).ShouldBeGreaterThan(Count / 2);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"memory {before / ResidentMemory.MiB} MiB before, {most / ResidentMemory.MiB} MiB at most; the fast reader got {received} of {Count}"));
        (most - before).ShouldBeLessThan(128 * ResidentMemory.MiB, "the hub hoards what the slow reader does not read");
        await bystanders.StopAsync();
        slow.Close();
        await hub.ShouldBeCalmAsync(before);
    }

    [Fact]
    public async Task A_flood_of_QoS_1_fills_the_slow_readers_queue_and_no_more()
    {
        const int Count = 3 * StormHub.QueueLimit;
        await using var bystanders = await Bystanders.StartAsync(hub.Process);
        await using var slow = await hub.SubscribeAsync(4, "slow-1", "flood/1");
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var fast = new PersistentClient(5, "fast-1");
        var numbers = new List<int>();
        fast.OnMessage = message =>
        {
            numbers.Add(int.Parse(message.Text.AsSpan(0, 8), CultureInfo.InvariantCulture));
            if (numbers.Count == Count)
                arrived.TrySetResult();
        };
        await fast.ConnectAsync(hub.Mqtt);
        (await fast.SubscribeAsync("flood/1", 1)).ShouldBeTrue();
        await using var publisher = new PersistentClient(4, "flooder-1");
        await publisher.ConnectAsync(hub.Mqtt);
        var before = hub.Memory;
        var dropped = await hub.MetricAsync("fairlead_mqtt_dropped_total");
        var padding = new string('x', 4096);

        for (var n = 0; n < Count; n++)
            (await publisher.PublishAsync("flood/1", n.ToString("D8", CultureInfo.InvariantCulture) + padding, 1)).ShouldBeTrue();
        await publisher.DrainAsync();

        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        numbers.ShouldBe(Enumerable.Range(0, Count));
        (await hub.MetricAsync("fairlead_mqtt_dropped_total") - dropped).ShouldBeGreaterThan(0);
        (hub.Memory - before).ShouldBeLessThan(160 * ResidentMemory.MiB);
        await bystanders.StopAsync();

        // The slow one wakes up: what it gets is whole, in order and without a gap up to the limit of its queue.
        var next = 0;
        for (; next < StormHub.QueueLimit / 2; next++)
        {
            var message = RawPublish.Read(4, await slow.ReadAsync());
            int.Parse(message.Text.AsSpan(0, 8), CultureInfo.InvariantCulture).ShouldBe(next);
            await slow.SendAsync(RawPackets.Ack(RawType.PubAck, message.Id));
        }

        slow.Close();
        await hub.ShouldBeCalmAsync(before);
    }

    private static async Task<int> CountUntilAsync(RawMqttClient client, string lastTopic)
    {
        for (var count = 0; ;)
        {
            var packet = await client.ReadAsync();
            if (packet.Type != (int)RawType.Publish)
                continue;
            if (RawPublish.Read(4, packet).Topic == lastTopic)
                return count;
            count++;
        }
    }
}
