using System.Buffers;
using System.Text;
using Fairlead.Broker;
using Fairlead.Broker.Diagnostics;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Broker;

public sealed class FanOutTests
{
    [Theory]
    [InlineData(QualityOfService.AtMostOnce)]
    [InlineData(QualityOfService.AtLeastOnce)]
    public async Task A_message_costs_no_allocation_and_neither_does_a_further_subscriber(QualityOfService qos)
    {
        await using var fixture = new BrokerFixture(new BrokerOptions { SystemTopicInterval = TimeSpan.Zero, MaximumOutputBytes = 1 << 24 });
        var publisher = await fixture.ConnectAsync("publisher", ProtocolVersion.V311);
        var subscribers = new List<PipeClient>();
        for (int i = 0; i < 20; i++)
        {
            var subscriber = await fixture.ConnectAsync($"s{i}", ProtocolVersion.V311, outputLimit: 1 << 24);
            await subscriber.SubscribeAsync("lamp/+", qos);
            subscribers.Add(subscriber);
        }

        byte[] packet = Encode(new PublishPacket { Topic = "lamp/1", Payload = new byte[64], QoS = qos, PacketId = (ushort)qos });
        byte[] acks = qos == QualityOfService.AtMostOnce ? [] : new byte[4];
        Round(100);
        long once = Measure();
        // The transport's own pipe may allocate now and then; a message that allocated would show 1,000 times over.
        once.ShouldBeLessThan(1000L * 8, "bytes for 1,000 messages to 20 subscribers");

        long Measure()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Round(1000);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // Everything runs inline on this thread: the pipes have inline schedulers.
        void Round(int messages)
        {
            for (int i = 0; i < messages; i++)
            {
                publisher.Output.Write(packet);
                Flush(publisher);
                Drain(publisher, 0);
                foreach (var subscriber in subscribers) Drain(subscriber, acks.Length);
            }
        }

        static void Flush(PipeClient client)
        {
            var flush = client.Output.FlushAsync(CancellationToken.None).AsTask();
            flush.IsCompletedSuccessfully.ShouldBeTrue();
        }

        void Drain(PipeClient client, int ackLength)
        {
            if (!client.Input.TryRead(out var result)) return;
            if (ackLength != 0)
            {
                // 3.1.1: fixed header of two bytes, topic of 2 + 6, then the Packet Identifier.
                var id = result.Buffer.FirstSpan.Slice(10, 2);
                acks[0] = 0x40;
                acks[1] = 2;
                acks[2] = id[0];
                acks[3] = id[1];
            }

            client.Input.AdvanceTo(result.Buffer.End);
            if (ackLength == 0) return;
            client.Output.Write(acks);
            Flush(client);
        }
    }

    [Fact]
    public async Task A_subscriber_that_does_not_read_holds_up_nobody_and_memory_stays_bounded()
    {
        const int limit = 64 * 1024;
        await using var fixture = new BrokerFixture(new BrokerOptions
        {
            SystemTopicInterval = TimeSpan.Zero,
            MaximumOutputBytes = limit,
            MaximumQueuedMessages = 100,
        });
        var publisher = await fixture.ConnectAsync("publisher");
        var slow = await fixture.ConnectAsync("slow", outputLimit: 4096);
        var good = await fixture.ConnectAsync("good", outputLimit: 4096);
        await slow.SubscribeAsync("t/#", QualityOfService.AtLeastOnce);
        await good.SubscribeAsync("t/#", QualityOfService.AtLeastOnce);
        for (int i = 0; i < 2000; i++)
        {
            var qos = i % 2 == 0 ? QualityOfService.AtMostOnce : QualityOfService.AtLeastOnce;
            await publisher.PublishAsync(new PublishPacket
            {
                Topic = "t/1",
                Payload = Encoding.ASCII.GetBytes($"{i}:".PadRight(512)),
                QoS = qos,
                PacketId = (ushort)(qos == QualityOfService.AtMostOnce ? 0 : i),
            });
            var received = await good.ReadPublishAsync();
            Encoding.ASCII.GetString(received.Payload.Span).ShouldStartWith($"{i}:");
            if (qos == QualityOfService.AtLeastOnce)
            {
                await good.SendAsync(o => PacketWriter.Write(o, ProtocolVersion.V5, new AckPacket { Type = PacketType.PubAck, PacketId = received.PacketId }));
                (await publisher.ReadAsync()).Header.Type.ShouldBe(PacketType.PubAck);
            }
        }

        fixture.Broker.Counters.Dropped(DropReason.Congested).ShouldBeGreaterThan(0);
        fixture.Broker.Counters.Dropped(DropReason.QueueFull).ShouldBeGreaterThan(0);
        fixture.Broker.TryGetClient("slow", out var info).ShouldBeTrue();
        info.Queued.ShouldBeLessThanOrEqualTo(100);
    }

    private static byte[] Encode(PublishPacket packet)
    {
        var output = new ArrayBufferWriter<byte>();
        PacketWriter.Write(output, ProtocolVersion.V311, packet);
        return output.WrittenSpan.ToArray();
    }
}
