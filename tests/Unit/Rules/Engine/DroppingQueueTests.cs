using Fairlead.Features.Rules.Engine;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Rules.Engine;

/// <summary>The bound of what waits for a rule.</summary>
public sealed class DroppingQueueTests
{
    [Fact]
    public void The_oldest_goes_when_there_are_too_many()
    {
        var queue = new DroppingQueue<int>(2, 1000);
        queue.Enqueue(1, 1).ShouldBeNull();
        queue.Enqueue(2, 1).ShouldBeNull();
        queue.Enqueue(3, 1).ShouldBe([1]);
        queue.TryDequeue(out int first).ShouldBeTrue();
        (first, queue.Count).ShouldBe((2, 1));
    }

    [Fact]
    public void As_many_go_as_make_room_and_one_that_is_larger_than_all_is_kept()
    {
        var queue = new DroppingQueue<int>(10, 100);
        queue.Enqueue(1, 40);
        queue.Enqueue(2, 40);
        queue.Enqueue(3, 90).ShouldBe([1, 2]);
        queue.Enqueue(4, 500).ShouldBe([3]);
        queue.Count.ShouldBe(1);
    }

    [Fact]
    public void What_was_accepted_before_a_restart_is_not_dropped()
    {
        var queue = new DroppingQueue<int>(1, 1);
        queue.Enqueue(1, 10);
        queue.Enqueue(2, 10, isForced: true).ShouldBeNull();
        queue.Count.ShouldBe(2);
        queue.TryPeek(out int first).ShouldBeTrue();
        first.ShouldBe(1);
    }
}
