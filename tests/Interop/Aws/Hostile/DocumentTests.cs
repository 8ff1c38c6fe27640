using System.Text;

namespace Fairlead.Interop.Aws.Hostile;

/// <summary>Bodies and paths, rightly signed, that no SDK would send: refused with 400 or 404, and nothing is written.</summary>
public sealed class DocumentTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private readonly HostileScene _scene = new(hub);

    /// <summary>What no operation may take.</summary>
    public static TheoryData<string, byte[]> NoDocuments => new()
    {
        { "a text", "hello"u8.ToArray() },
        { "an array", "[]"u8.ToArray() },
        { "null", "null"u8.ToArray() },
        { "a string", "\"a\""u8.ToArray() },
        { "a torn object", "{\"attributePayload\":{\"attributes\":{\"a\":\"1\""u8.ToArray() },
        { "something behind the object", "{} {}"u8.ToArray() },
        { "a comment", "{/* */}"u8.ToArray() },
        { "a trailing comma", "{\"thingTypeName\":\"t\",}"u8.ToArray() },
        { "a single quote", "{'a':1}"u8.ToArray() },
        { "NaN", "{\"attributePayload\":NaN}"u8.ToArray() },
        { "a member twice", "{\"thingTypeName\":\"a\",\"thingTypeName\":\"b\"}"u8.ToArray() },
        { "an attribute twice", "{\"attributePayload\":{\"attributes\":{\"a\":\"1\",\"a\":\"2\"}}}"u8.ToArray() },
        { "bytes that are no UTF-8", [.. "{\"attributePayload\":{\"attributes\":{\"a\":\""u8, 0xFF, 0xFE, .. "\"}}}"u8] },
        { "an overlong zero", [.. "{\"attributePayload\":{\"attributes\":{\"a\":\""u8, 0xC0, 0x80, .. "\"}}}"u8] },
        { "half a surrogate pair as bytes", [.. "{\"attributePayload\":{\"attributes\":{\"a\":\""u8, 0xED, 0xA0, 0x80, .. "\"}}}"u8] },
        { "half a surrogate pair escaped", "{\"attributePayload\":{\"attributes\":{\"a\":\"\\ud800\"}}}"u8.ToArray() },
        { "half a surrogate pair as a name", "{\"\\udc00\":1}"u8.ToArray() },
        { "UTF-16", Encoding.Unicode.GetBytes("{}x") },
        { "10,000 levels", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000)) },
        { "100,000 open brackets", Encoding.ASCII.GetBytes(new string('[', 100_000)) },
        { "1 MB", Encoding.ASCII.GetBytes("{\"attributePayload\":{\"attributes\":{\"a\":\"" + new string('x', 1024 * 1024) + "\"}}}") },
        { "1 MB of blanks", Encoding.ASCII.GetBytes("{" + new string(' ', 1024 * 1024) + "}") },
    };

    /// <summary>What CreateThing must not take.</summary>
    public static TheoryData<string, byte[]> NoThings => new()
    {
        { "a number for an object", "{\"attributePayload\":1}"u8.ToArray() },
        { "an array for an object", "{\"attributePayload\":[]}"u8.ToArray() },
        { "a number for a text", "{\"thingTypeName\":1}"u8.ToArray() },
        { "an object for a text", "{\"thingTypeName\":{}}"u8.ToArray() },
        { "a number for the value of an attribute", "{\"attributePayload\":{\"attributes\":{\"a\":1}}}"u8.ToArray() },
        { "a zero in a value", "{\"attributePayload\":{\"attributes\":{\"a\":\"\\u0000\"}}}"u8.ToArray() },
        { "500 KB of one attribute", Encoding.ASCII.GetBytes("{\"attributePayload\":{\"attributes\":{\"a\":\"" + new string('x', 500_000) + "\"}}}") },
    };

    [Theory]
    [MemberData(nameof(NoDocuments))]
    public async Task What_is_no_document_is_refused_everywhere_and_nothing_is_written(string what, byte[] body)
    {
        var before = await _scene.LookAsync();
        foreach (var (method, target) in new[]
        {
            ("POST", "/things/hostile"), ("POST", "/thing-groups/hostile"), ("POST", "/policies/hostile"), ("PATCH", "/event-configurations"), ("POST", "/indices/search"),
            ("POST", "/v2LoggingOptions"), ("POST", "/tags"), ("POST", "/jobs/j/targets"),
        })
        {
            await RefusedAsync(what, method, target, body);
        }

        (await _scene.LookAsync()).ShouldBe(before, what);
    }

    [Theory]
    [MemberData(nameof(NoThings))]
    public async Task What_is_no_thing_is_refused_and_nothing_is_written(string what, byte[] body)
    {
        var before = await _scene.LookAsync();
        await RefusedAsync(what, "POST", "/things/hostile", body);
        (await _scene.LookAsync()).ShouldBe(before, what);
    }

    [Theory]
    [InlineData("/things/%2e%2e")]
    [InlineData("/things/%2e")]
    [InlineData("/things/..%2f..%2fetc%2fpasswd")]
    [InlineData("/things/%00")]
    [InlineData("/things/a%00b")]
    [InlineData("/things/a%2Fb")]
    [InlineData("/things/%252e%252e")]
    [InlineData("/things/a%252Fb")]
    [InlineData("/things/a%20b")]
    [InlineData("/things/%C3%BC")]
    [InlineData("/things/%ff")]
    [InlineData("/things/%ED%A0%80")]
    [InlineData("/things/%C0%AF")]
    [InlineData("/things/%")]
    [InlineData("/things/%4")]
    [InlineData("/things/%zz")]
    [InlineData("/things/a%0d%0aX-Injected%3a%201")]
    [InlineData("/things/a;b")]
    [InlineData("/things/a\\b")]
    [InlineData("/things/$aws")]
    [InlineData("/things/a?x=%ff")]
    [InlineData("/things/a?x=%")]
    [InlineData("/things//a")]
    [InlineData("//things/a")]
    [InlineData("/./things/a")]
    [InlineData("/x/../things/a")]
    [InlineData("/things/")]
    [InlineData("/THINGS/a")]
    public async Task Path_tricks_are_refused_and_nothing_is_written(string target)
    {
        var before = await _scene.LookAsync();
        var answer = await _scene.SendAsync(_scene.Signed("POST", target, "{}"));
        answer.Status.ShouldBeOneOf([400, 403, 404, 405]);
        answer.Headers.ShouldNotContainKey("X-Injected");
        if (answer.Status == 400 && answer.ErrorType is { } type) type.ShouldBe("InvalidRequestException");
        (await _scene.LookAsync()).ShouldBe(before, target);
    }

    [Fact]
    public async Task Names_have_their_limits()
    {
        var before = await _scene.LookAsync();
        foreach (var length in new[] { 129, 1_000, 7_000 })
        {
            var answer = await _scene.SendAsync(_scene.Signed("POST", $"/things/{new string('a', length)}", "{}"));
            answer.Status.ShouldBe(400);
            answer.ErrorType.ShouldBe("InvalidRequestException");
        }

        (await _scene.LookAsync()).ShouldBe(before);
    }

    /// <summary>Dot segments are names to the data plane, never steps.</summary>
    [Fact]
    public async Task Topics_may_look_like_paths()
    {
        foreach (var topic in new[] { "%2e%2e%2fthings", "a%252Fb", "a%2F..%2Fb" })
            (await _scene.SendAsync(_scene.Signed("POST", $"/topics/{topic}", "x") with { Service = "iotdata" })).Status.ShouldBe(200);
        foreach (var topic in new[] { "%00", "%ff", "a%2F%2B", "%23", "%24aws%2Fevents%2Fx", "" })
            (await _scene.SendAsync(_scene.Signed("POST", $"/topics/{topic}", "x") with { Service = "iotdata" })).Status.ShouldBeOneOf([400, 403, 404]);
    }

    private async Task RefusedAsync(string what, string method, string target, byte[] body)
    {
        var answer = await _scene.SendAsync(_scene.Signed(method, target) with { Body = body });
        answer.Status.ShouldBe(400, $"{what} at {target}: {answer.Body}");
        answer.ErrorType.ShouldBe("InvalidRequestException", answer.Body);
        answer.Message.ShouldNotBeNullOrEmpty();
    }
}
