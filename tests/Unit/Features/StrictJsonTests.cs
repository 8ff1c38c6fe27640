using System.Text;
using Fairlead.Features.Api;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Features;

/// <summary>What no operation may take for a document.</summary>
public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"a":{"a":[{"a":1},{"a":2}]},"b":"\ud83d\ude00","\u0062c":null}""")]
    public void A_document_without_doubt_has_no_problem(string document) => StrictJson.Problem(Encoding.UTF8.GetBytes(document)).ShouldBeNull();

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "the member 'a' is there twice")]
    [InlineData("""{"a":1,"\u0061":2}""", "the member 'a' is there twice")]
    [InlineData("""{"x":[{"a":1,"b":2,"a":3}]}""", "the member 'a' is there twice")]
    [InlineData("""{"a":"\ud800"}""", "half a surrogate pair stands before byte")]
    [InlineData("""{"\udc00":1}""", "half a surrogate pair stands before byte")]
    [InlineData("""{"a":1}x""", "is out of place")]
    [InlineData("", "is out of place")]
    public void Doubt_is_a_problem(string document, string problem) => StrictJson.Problem(Encoding.UTF8.GetBytes(document)).ShouldNotBeNull().ShouldContain(problem);

    [Fact]
    public void Bytes_and_depth_have_their_limits()
    {
        StrictJson.Problem([.. "{\"a\":\""u8, 0xC0, 0x80, .. "\"}"u8]).ShouldBe("it is not UTF-8");
        StrictJson.Problem(Encoding.UTF8.GetBytes(new string('[', 1_000) + new string(']', 1_000))).ShouldNotBeNull();
    }
}
