using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Fairlead.Interop.Aws;

/// <summary>Access keys: made at the first start, created, imported, limited, disabled and deleted below /v1/keys.</summary>
public sealed class KeyTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task A_key_is_made_at_the_first_start_and_the_list_keeps_its_secret()
    {
        var list = await hub.Administrator.GetFromJsonAsync<JsonElement>("/v1/keys", TestContext.Current.CancellationToken);
        var first = list.GetProperty("keys").EnumerateArray().Single(key => key.GetProperty("id").GetString() == hub.Login.AccessKey);
        first.GetProperty("enabled").GetBoolean().ShouldBeTrue();
        first.TryGetProperty("secret", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_created_key_signs_until_it_is_disabled_and_again_when_enabled_and_no_more_once_deleted()
    {
        var key = await CreateAsync(new { description = "for a test" });
        await using var api = hub.Start(AwsTool.Boto3, Login(key));
        await api.IotAsync("DescribeEndpoint");
        await ChangeAsync(key, new { enabled = false });
        await api.RefusedAsync("UnrecognizedClientException", 403, "DescribeEndpoint");
        await ChangeAsync(key, new { enabled = true });
        await api.IotAsync("DescribeEndpoint");
        (await hub.Administrator.DeleteAsync($"/v1/keys/{Id(key)}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await api.RefusedAsync("UnrecognizedClientException", 403, "DescribeEndpoint");
        (await hub.Administrator.GetAsync($"/v1/keys/{Id(key)}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_key_of_elsewhere_is_imported_with_its_session_token_and_its_end()
    {
        await CreateAsync(new { id = "ASIAIMPORTED12345678", secret = "a secret of elsewhere", sessionToken = "the token", expiresAt = DateTimeOffset.UtcNow.AddHours(1) });
        var login = hub.Login with { AccessKey = "ASIAIMPORTED12345678", SecretKey = "a secret of elsewhere", SessionToken = "the token" };
        await using (var api = hub.Start(AwsTool.Boto3, login)) await api.IotAsync("DescribeEndpoint");
        await using (var api = hub.Start(AwsTool.JavaScript, login with { SessionToken = "another" }))
            await api.RefusedAsync("UnrecognizedClientException", 403, "DescribeEndpoint");

        await CreateAsync(new { id = "ASIAEXPIRED123456789", secret = "s", expiresAt = DateTimeOffset.UtcNow.AddHours(-1) });
        await using var expired = hub.Start(AwsTool.Boto3, hub.Login with { AccessKey = "ASIAEXPIRED123456789", SecretKey = "s" });
        await expired.RefusedAsync("ExpiredTokenException", 403, "DescribeEndpoint");
    }

    [Fact]
    public async Task A_wrong_key_document_is_refused_with_the_member_that_is_wrong()
    {
        foreach (var wrong in new object[] { new { id = "ONLYID" }, new { id = "no spaces", secret = "s" }, new { description = new string('x', 257) }, new { expiresAt = "soon" } })
        {
            using var answer = await hub.Administrator.PostAsJsonAsync("/v1/keys", wrong, TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            answer.Headers.GetValues("x-amzn-ErrorType").ShouldBe(["InvalidRequestException"]);
        }
    }

    [Fact]
    public async Task Keys_are_for_administrators()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/keys");
        using var stranger = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Hub.Http };
        (await stranger.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static string Id(JsonElement key) => key.GetProperty("id").GetString()!;

    private AwsLogin Login(JsonElement key) => hub.Login with { AccessKey = Id(key), SecretKey = key.GetProperty("secret").GetString()! };

    private async Task<JsonElement> CreateAsync(object key)
    {
        using var answer = await hub.Administrator.PostAsJsonAsync("/v1/keys", key);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task ChangeAsync(JsonElement key, object change)
    {
        using var answer = await hub.Administrator.PatchAsJsonAsync($"/v1/keys/{Id(key)}", change);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }
}
