using System.Text;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class TopicName_Tests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("/", true)]
    [InlineData(" ", true)]
    [InlineData("$SYS/a", true)]
    [InlineData("a\u0001\u007f", true)]
    [InlineData("ß/漢/😀", true)]
    [InlineData("\ufeffa", true)]
    [InlineData("", false)]
    [InlineData("+", false)]
    [InlineData("a/#", false)]
    [InlineData("ß+", false)]
    [InlineData("a\0", false)]
    [InlineData("ß\0", false)]
    public void A_name_is_valid_as_text_and_as_bytes(string topic, bool valid)
    {
        TopicName.IsValid(topic).ShouldBe(valid);
        TopicName.IsValid(Encoding.UTF8.GetBytes(topic)).ShouldBe(valid);
    }

    [Fact]
    public void Every_byte_is_judged_at_every_place_of_a_short_and_a_long_name()
    {
        foreach (int length in new[] { 1, 7, 15, 16, 17, 31, 33, 64, 100 })
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] topic = [.. Enumerable.Repeat((byte)'t', length)];
                topic[^1] = (byte)value;
                TopicName.IsValid(topic).ShouldBe(value is > 0 and < 0x80 and not '+' and not '#', $"{value} at the end of {length}");
            }
        }
    }

    [Fact]
    public void A_lone_surrogate_is_no_name() => TopicName.IsValid("a\uDC00").ShouldBeFalse();

    [Theory]
    [InlineData("a", 1)]
    [InlineData("/", 2)]
    [InlineData("a/b/c", 3)]
    [InlineData("a//", 3)]
    public void Levels_are_counted(string topic, int levels) => TopicName.CountLevels(Encoding.UTF8.GetBytes(topic)).ShouldBe(levels);

    [Theory]
    [InlineData("$SYS", true)]
    [InlineData("$", true)]
    [InlineData("a$", false)]
    [InlineData("", false)]
    public void Names_of_the_server_start_with_a_dollar(string topic, bool reserved) =>
        TopicName.IsReserved(Encoding.UTF8.GetBytes(topic)).ShouldBe(reserved);
}
