using System.Runtime.CompilerServices;
using Fairlead.Broker.Sessions;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Broker;

public sealed class InflightWindowTests
{
    [Fact]
    public void Identifiers_are_unique_never_zero_and_found_again_whatever_the_order_of_acknowledgment()
    {
        const int seed = 7;
        var random = new Random(seed);
        var window = new InflightWindow();
        var open = new List<ushort>();
        for (int i = 0; i < 300_000; i++)
        {
            if (open.Count < 500 && random.Next(2) == 0)
            {
                ushort id = window.Add(null, QualityOfService.AtLeastOnce).PacketId;
                id.ShouldNotBe((ushort)0);
                open.ShouldNotContain(id);
                open.Add(id);
            }
            else if (open.Count > 0)
            {
                int at = random.Next(Math.Min(open.Count, 40));
                ref var slot = ref window.Find(open[at]);
                Unsafe.IsNullRef(ref slot).ShouldBeFalse($"seed {seed}, step {i}");
                window.Remove(ref slot);
                open.RemoveAt(at);
            }

            window.Count.ShouldBe(open.Count);
        }

        window.InOrder().ShouldBe(open);
        Unsafe.IsNullRef(ref window.Find(0)).ShouldBeTrue();
    }
}
