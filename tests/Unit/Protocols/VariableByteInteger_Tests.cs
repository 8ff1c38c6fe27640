using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class VariableByteInteger_Tests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(16_383, "FF7F")]
    [InlineData(16_384, "808001")]
    [InlineData(2_097_151, "FFFF7F")]
    [InlineData(2_097_152, "80808001")]
    [InlineData(268_435_455, "FFFFFF7F")]
    public void A_value_has_the_length_of_the_standards_table(int value, string hex) // [MQTT-1.5.5-1]
    {
        byte[] bytes = new byte[4];
        int length = VariableByteInteger.Write(bytes, value);
        Convert.ToHexString(bytes, 0, length).ShouldBe(hex);
        VariableByteInteger.GetLength(value).ShouldBe(length);
        VariableByteInteger.TryRead(bytes, out int read, out int bytesRead).ShouldBe(DecodeStatus.Complete);
        (read, bytesRead).ShouldBe((value, length));
        for (int cut = 0; cut < length; cut++)
            VariableByteInteger.TryRead(bytes.AsSpan(0, cut), out _, out _).ShouldBe(DecodeStatus.Incomplete);
    }

    [Fact]
    public void A_fifth_byte_is_refused_as_soon_as_the_fourth_is_there()
    {
        VariableByteInteger.TryRead([0xFF, 0xFF, 0xFF, 0xFF], out _, out _).ShouldBe(DecodeStatus.Failed);
        VariableByteInteger.TryRead([0x80, 0x80, 0x80, 0x80, 0x00], out _, out _).ShouldBe(DecodeStatus.Failed);
    }
}
