using System.Text;
using Fairlead.Broker.Extensions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Shadows;

/// <summary>An update costs its document, its answer and little more, however large the request was parsed for it.</summary>
public sealed class ShadowAllocationTests
{
    private const int Updates = 2000;

    [Theory]
    [InlineData("""{"state":{"reported":{"temperature":21.5,"fan":{"speed":3,"on":true}}},"clientToken":"t"}""", 1000)]
    [InlineData("""{"state":{"desired":{"list":[1,2,3,{"a":"b"}],"gone":null},"reported":{"list":[1,2,3,{"a":"b"}]}}}""", 1200)]
    public async Task An_update_allocates_little_where_it_is_read(string document, int limit)
    {
        await using var stage = new ShadowStage(static limits => limits.MaximumInFlight = 10_000);
        byte[] payload = Encoding.UTF8.GetBytes(document);
        long publishing = Measure(stage, "t/nothing", payload); // refused: what publishing inside the process costs by itself
        long updating = Measure(stage, "t/shadow/update", payload);
        ((updating - publishing) / (double)Updates).ShouldBeLessThan(limit);
    }

    private static long Measure(ShadowStage stage, string topic, byte[] payload)
    {
        for (int i = 0; i < Updates; i++) stage.Publish(topic, payload, PublishOrigin.Process);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Updates; i++) stage.Publish(topic, payload, PublishOrigin.Process);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
