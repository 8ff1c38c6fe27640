using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Fairlead.Interop.Aws.Hostile;

/// <summary>Requests whose caller is not proved, or not to this hub, or not now: refused with the documented error, and nothing is written.</summary>
public sealed class SigningTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private const string Create = "/things/hostile";

    private readonly HostileScene _scene = new(hub);

    private SignedRequest Good => _scene.Signed("POST", Create, """{"attributePayload":{"attributes":{"a":"1"}}}""");

    [Fact]
    public async Task Messaging_83_unsigned_requests_are_refused_with_type_id_and_message()
    {
        var before = await _scene.LookAsync();
        var good = Good;
        var host = new Dictionary<string, string> { ["host"] = good.Host };
        foreach (var (answer, type) in new[]
        {
            (await _scene.SendAsync(good, host, Create, good.Body), "MissingAuthenticationTokenException"),
            (await _scene.SendAsync(good, new Dictionary<string, string>(host) { ["authorization"] = "Bearer " + new string('0', 64) }, Create, good.Body), "MissingAuthenticationTokenException"),
            (await _scene.SendAsync(good, new Dictionary<string, string>(host) { ["authorization"] = "Basic YTpi" }, Create, good.Body), "MissingAuthenticationTokenException"),
        })
        {
            answer.Status.ShouldBe(403);
            answer.ErrorType.ShouldBe(type);
            answer.Message.ShouldNotBeNullOrEmpty();
            Guid.TryParse(answer.Headers["x-amzn-RequestId"], out _).ShouldBeTrue();
            answer.Headers["content-type"].ShouldBe("application/json");
            answer.Headers.ShouldContainKey("date");
        }

        (await _scene.LookAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Messaging_84_badly_signed_requests_are_refused()
    {
        var before = await _scene.LookAsync();
        foreach (var secret in new[] { "", hub.Login.SecretKey[..^1], hub.Login.SecretKey + "x" }) await RefusedAsync("InvalidSignatureException", Good with { Secret = secret });
        var good = Good;
        var headers = good.Sign();
        Expect("InvalidSignatureException", await _scene.SendAsync(good, headers, "/things/other", good.Body));
        Expect("InvalidSignatureException", await _scene.SendAsync(good, headers, Create + "?a=b", good.Body));
        Expect("InvalidSignatureException", await _scene.SendAsync(good, headers, Create, Encoding.UTF8.GetBytes("{}")));
        Expect("InvalidSignatureException", await _scene.SendAsync(good, headers, Create, []));
        Expect("InvalidSignatureException", await _scene.SendAsync(good with { Method = "PATCH" }, headers, Create, good.Body));
        Expect("InvalidSignatureException", await _scene.SendAsync(good, new Dictionary<string, string>(headers) { ["host"] = "elsewhere" }, Create, good.Body));
        var extra = good with { Headers = new Dictionary<string, string> { ["x-own"] = "1" } };
        Expect("InvalidSignatureException", await _scene.SendAsync(extra, new Dictionary<string, string>(extra.Sign()) { ["x-own"] = "2" }, Create, good.Body));
        var without = extra.Sign();
        without.Remove("x-own");
        Expect("InvalidSignatureException", await _scene.SendAsync(extra, without, Create, good.Body));
        (await _scene.LookAsync()).ShouldBe(before);
        (await _scene.SendAsync(Good with { Method = "GET", Target = "/endpoint", Body = [] })).Status.ShouldBe(200, "the rest of it is right");
    }

    [Fact]
    public async Task Messaging_87_requests_of_another_time_are_refused()
    {
        var before = await _scene.LookAsync();
        foreach (var minutes in new[] { -6, -60, -60 * 24 * 365, 6, 60 }) await RefusedAsync("InvalidSignatureException", Good with { At = DateTimeOffset.UtcNow.AddMinutes(minutes) });
        await RefusedAsync("InvalidSignatureException", Good with { Day = "20200101" });
        (await _scene.LookAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Messaging_85_scopes_of_another_service_or_region_are_refused()
    {
        var before = await _scene.LookAsync();
        foreach (var service in new[] { "iotdata", "iotdevicegateway", "s3", "iam", "IOT" }) await RefusedAsync("InvalidSignatureException", Good with { Service = service });
        foreach (var region in new[] { "eu-west-1", "", "US-EAST-1" }) await RefusedAsync("InvalidSignatureException", Good with { Region = region });
        (await _scene.LookAsync()).ShouldBe(before);

        foreach (var service in new[] { "iot", "execute-api" })
            (await _scene.SendAsync(_scene.Signed("GET", "/endpoint") with { Service = service })).Status.ShouldBe(200);
        foreach (var service in new[] { "iotdata", "iotdevicegateway" })
            (await _scene.SendAsync(_scene.Signed("POST", "/topics/a%2Fb?qos=1", "x") with { Service = service })).Status.ShouldBe(200);
        await RefusedAsync("InvalidSignatureException", _scene.Signed("POST", "/topics/a%2Fb?qos=1", "x") with { Service = "iot" });
    }

    [Fact]
    public async Task Keys_that_are_unknown_or_disabled_are_refused()
    {
        var key = await CreateKeyAsync();
        var before = await _scene.LookAsync();
        var request = Good with { KeyId = key.GetProperty("id").GetString()!, Secret = key.GetProperty("secret").GetString()! };
        await RefusedAsync("UnrecognizedClientException", Good with { KeyId = "AKIAUNKNOWN" });
        await RefusedAsync("UnrecognizedClientException", Good with { KeyId = "" });
        (await hub.Administrator.PatchAsJsonAsync($"/v1/keys/{request.KeyId}", new { enabled = false }, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await RefusedAsync("UnrecognizedClientException", request);
        (await hub.Administrator.PatchAsJsonAsync($"/v1/keys/{request.KeyId}", new { enabled = true }, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        (await _scene.LookAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256 nothing")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=0")]
    [InlineData("AWS4-HMAC-SHA512 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0")]
    [InlineData("AWS4-ECDSA-P256-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0")]
    [InlineData("AWS a:b")]
    public async Task Malformed_authorization_is_an_incomplete_signature(string authorization)
    {
        var good = Good;
        var answer = await _scene.SendAsync(good, new Dictionary<string, string>(good.Sign()) { ["authorization"] = authorization }, Create, good.Body);
        answer.Status.ShouldBe(400);
        answer.ErrorType.ShouldBe("IncompleteSignatureException");
    }

    [Fact]
    public async Task The_answer_comes_with_the_hubs_time()
    {
        var answer = await _scene.SendAsync(Good with { At = DateTimeOffset.UtcNow.AddHours(-1) });
        DateTimeOffset.Parse(answer.Headers["date"], CultureInfo.InvariantCulture).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    private static void Expect(string type, RawHttpAnswer answer)
    {
        answer.ErrorType.ShouldBe(type, answer.Body);
        answer.Status.ShouldBe(403);
    }

    private async Task RefusedAsync(string type, SignedRequest request) => Expect(type, await _scene.SendAsync(request));

    private async Task<JsonElement> CreateKeyAsync()
    {
        using var answer = await hub.Administrator.PostAsJsonAsync("/v1/keys", new { description = "hostile" }, TestContext.Current.CancellationToken);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }
}
