using System.Buffers;
using System.Text;
using Fairlead.Edge.Payloads;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge;

/// <summary>The stamp on Ditto envelopes (spec/kanto-edge, section 7): everything else stays as it is.</summary>
public sealed class PayloadTimestampTests
{
    [Theory]
    [InlineData("""{"topic":"a/b/things/live/messages/m","path":"/","value":1}""", """{"topic":"a/b/things/live/messages/m","path":"/","value":1,"headers":{"x-timestamp":5}}""")]
    [InlineData("""{"topic":"a/b/things/live/messages/m","headers":{},"value":12345678901234567890}""", """{"topic":"a/b/things/live/messages/m","headers":{"x-timestamp":5},"value":12345678901234567890}""")]
    [InlineData(""" { "headers" : { "a" : 1.10 } , "topic" : "a/b/things/twin/events/x" } """, """ { "headers" : { "a" : 1.10 ,"x-timestamp":5} , "topic" : "a/b/things/twin/events/x" } """)]
    [InlineData("""{"topic":"a/b/things/live/messages/m","headers":{"correlation-id":7,"x":[{"}":"{"}]}}""", """{"topic":"a/b/things/live/messages/m","headers":{"correlation-id":7,"x":[{"}":"{"}],"x-timestamp":5}}""")]
    [InlineData("""{"topic":"a/b/things/live/messages/m","headers":null}""", """{"topic":"a/b/things/live/messages/m","headers":{"x-timestamp":5}}""")]
    [InlineData("""{"topic":"a/b/things/live/messages/m","headers":{"x-timestamp":null}}""", """{"topic":"a/b/things/live/messages/m","headers":{"x-timestamp":5}}""")]
    public void Edge_19_an_envelope_gains_its_time_of_arrival(string payload, string expected) => Stamp(payload).ShouldBe(expected);

    [Theory]
    [InlineData("hello")]
    [InlineData("42")]
    [InlineData("")]
    [InlineData("\"str\"")]
    [InlineData("[1,2]")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a":""")]
    [InlineData("""{"topic":"no topic"}""")]
    [InlineData("""{"topic":7,"headers":{}}""")]
    [InlineData("""{"topic":"a/b/things/live/messages/m"} {}""")]
    [InlineData("""{"topic":"a/b/things/live/messages/m","x":01}""")]
    [InlineData("""{"topic":"\ud800/b/things/live/messages/m"}""")]
    [InlineData("""{"topic":"a/b/things/live/messages/m","headers":"text"}""")]
    [InlineData("""{"topic":"a/b/things/live/messages/m","headers":{"x-timestamp":9}}""")]
    public void Edge_18_everything_else_stays_byte_for_byte(string payload) => Stamp(payload).ShouldBeNull();

    [Fact]
    public void Edge_18_binary_stays_byte_for_byte()
    {
        var output = new ArrayBufferWriter<byte>();
        PayloadTimestamp.TryStamp(new byte[] { 0x7B, 0xFF, 0x00, 0x22 }, 5, TimestampMode.Always, output).ShouldBeFalse();
        output.WrittenCount.ShouldBe(0);
    }

    [Fact]
    public void Edge_19_the_mode_decides_about_one_that_is_there()
    {
        const string Payload = """{"headers":{"x-timestamp":9,"y":1},"topic":"a/b/things/live/messages/m"}""";
        Stamp(Payload, TimestampMode.Always).ShouldBe("""{"headers":{"x-timestamp":5,"y":1},"topic":"a/b/things/live/messages/m"}""");
        Stamp(Payload, TimestampMode.Never).ShouldBeNull();
        Stamp("""{"topic":"a/b/things/live/messages/m"}""", TimestampMode.Never).ShouldBeNull();
    }

    private static string? Stamp(string payload, TimestampMode mode = TimestampMode.IfAbsent)
    {
        var output = new ArrayBufferWriter<byte>();
        return PayloadTimestamp.TryStamp(Encoding.UTF8.GetBytes(payload), 5, mode, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }
}
