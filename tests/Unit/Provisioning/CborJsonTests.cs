using System.Text;
using Fairlead.Features.Provisioning;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Provisioning;

/// <summary>Payloads in CBOR.</summary>
public sealed class CborJsonTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[true,null,-5,"x"],"c":{"d":1.5}}""")]
    [InlineData("{}")]
    public void Json_survives_the_way_there_and_back(string json) =>
        Encoding.UTF8.GetString(CborJson.ToJson(CborJson.ToCbor(Encoding.UTF8.GetBytes(json)))).ShouldBe(json);

    [Fact]
    public void Vector_of_the_standard() =>
        Encoding.UTF8.GetString(CborJson.ToJson(Convert.FromHexString("a56161614161626142616361436164614461656145"))).ShouldBe("""{"a":"A","b":"B","c":"C","d":"D","e":"E"}""");

    [Theory]
    [InlineData("")]
    [InlineData("ff")]
    [InlineData("a1")]
    [InlineData("a16161")]
    [InlineData("a2616101616102")] // the same key twice
    [InlineData("a161614101")] // a byte string
    [InlineData("c074")]
    [InlineData("a161610001")] // bytes behind it
    [InlineData("a1616162c328")] // no UTF-8
    [InlineData("818181818181818181818181818181818181818101")]
    public void Other_bytes_are_refused(string hex) => Should.Throw<FormatException>(() => CborJson.ToJson(Convert.FromHexString(hex)));

    [Fact]
    public void Arbitrary_bytes_are_read_or_refused() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes =>
        {
            try
            {
                CborJson.ToJson(bytes);
            }
            catch (FormatException)
            {
                // Refused is right too.
            }
        }).Check(Config.QuickThrowOnFailure);
}
