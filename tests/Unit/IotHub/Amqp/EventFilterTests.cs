using Fairlead.Broker.Durability;
using Fairlead.Features.IotHub.Amqp;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Protocols.Amqp;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Amqp;

public sealed class EventFilterTests
{
    [Theory]
    [InlineData("amqp.annotation.x-opt-offset > '-1'", 0)]
    [InlineData("amqp.annotation.x-opt-offset > '@latest'", 500)]
    [InlineData("amqp.annotation.x-opt-offset >= '123'", 122)]
    [InlineData("amqp.annotation.x-opt-offset > '123'", 123)]
    [InlineData("amqp.annotation.x-opt-sequence-number > '5'", 5)]
    [InlineData("amqp.annotation.x-opt-enqueued-time > '1700000000000'", 77)]
    public void Azure_68_A_filter_says_where_reading_starts(string text, long start)
    {
        EventFilter.TryParse(text, out var filter).ShouldBeTrue();
        filter.Start(new FixedLog(), 0).ShouldBe(start);
        var map = new AmqpMap().AddSymbol("apache.org:selector-filter:string", AmqpValue.Described(new AmqpDescribed(0x0000468C00000004UL, text)));
        EventFilter.TryParse(map, out var read).ShouldBeTrue();
        read.ShouldBe(filter);
    }

    [Theory]
    [InlineData("")]
    [InlineData("amqp.annotation.x-opt-offset < '5'")]
    [InlineData("amqp.annotation.x-opt-offset > 'five'")]
    [InlineData("amqp.annotation.x-opt-enqueued-time > '@latest'")]
    [InlineData("color > '5'")]
    public void Azure_68_Another_filter_is_refused(string text) => EventFilter.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Azure_68_Without_a_filter_everything_is_read()
    {
        EventFilter.TryParse((AmqpMap?)null, out var filter).ShouldBeTrue();
        filter.Start(new FixedLog(), 0).ShouldBe(0);
    }

    private sealed class FixedLog : IEventLog
    {
        public int PartitionCount => 1;

        public bool IsHealthy => true;

        public Action? GroupEnded { get; set; }

        public int PartitionOf(string deviceId) => 0;

        public void Append(ReadOnlySpan<TelemetryEvent> batch, CommitReceipt? receipt) => throw new NotSupportedException();

        public EventPartition Describe(int partition) => new(1, 500, 1);

        public IReadOnlyList<LoggedEvent> Read(int partition, long after, int most) => [];

        public long FindByTime(int partition, long enqueuedAt) => enqueuedAt == 1_700_000_000_000 ? 77 : 0;

        public IDisposable Watch(int partition, Action onAppended) => throw new NotSupportedException();
    }
}
