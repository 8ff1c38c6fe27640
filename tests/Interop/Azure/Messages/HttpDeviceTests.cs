using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Shared;

namespace Fairlead.Interop.Azure.Messages;

/// <summary>The HTTPS API of devices, by the SDK and by hand (line 63).</summary>
public sealed class HttpDeviceTests(AzureHub hub) : IClassFixture<AzureHub>
{
    private static int _last;

    [Fact]
    public async Task Azure_63_The_SDK_sends_receives_and_settles_over_HTTP()
    {
        var id = NewId();
        var client = $"http-{id}";
        await hub.Driver.DoAsync("open", client, new { transport = "http", connectionString = await hub.DeviceAsync(id, withPort: false) });
        await using var subscriber = await RawMqttClient.OpenAsync(hub.Hub.Mqtt);
        await subscriber.SendAsync(RawPackets.Connect(4, $"sees-{id}"));
        await subscriber.ReadAsync();
        await subscriber.SendAsync(RawPackets.Subscribe(4, 1, $"devices/{id}/messages/events/#"));
        await subscriber.ReadAsync();
        await hub.Driver.DoAsync("send", client, new { payload = Base64("one"), messageId = "1", properties = new { k = "v" } });
        await hub.Driver.DoAsync("sendBatch", client, new { payloads = new[] { Base64("two"), Base64("three") } });
        var seen = new List<RawPublish>();
        while (seen.Count < 3) seen.Add(RawPublish.Read(4, await subscriber.ReadAsync()));
        seen.Select(static publish => publish.Text).ShouldBe(["one", "two", "three"]);
        seen[0].Topic.ShouldContain("%24.mid=1");
        await QueueAsync(id, "m1");
        await QueueAsync(id, "m2");
        await hub.Driver.DoAsync("listen", client);
        var first = await hub.Driver.NextAsync(client, "message");
        var second = await hub.Driver.NextAsync(client, "message");
        new[] { Text(first["payload"]), Text(second["payload"]) }.ShouldBe(["m1", "m2"]);
        await hub.Driver.DoAsync("settle", client, new { how = "abandon", index = first["index"]!.GetValue<int>() });
        var again = await hub.Driver.NextAsync(client, "message");
        Text(again["payload"]).ShouldBe("m1");
        await hub.Driver.DoAsync("settle", client, new { how = "complete", index = again["index"]!.GetValue<int>() });
        await hub.Driver.DoAsync("settle", client, new { how = "reject", index = second["index"]!.GetValue<int>() });
        await hub.Driver.FailAsync("settle", client, new { how = "complete", index = second["index"]!.GetValue<int>() });
        await hub.Driver.DoAsync("close", client);
    }

    [Fact]
    public async Task Azure_70_A_client_certificate_is_its_device_over_HTTPS_and_no_other()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=anything", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string id = NewId(), other = NewId();
        await hub.CreateAsync(id, new { type = "selfSigned", x509Thumbprint = new { primaryThumbprint = made.GetCertHashString(HashAlgorithmName.SHA256) } });
        await hub.CreateAsync(other);

        // Its own paths and nobody else's.
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.ClientCertificates = [certificate];
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null;
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://{hub.Address}") };
        foreach (var (device, status) in ((string, HttpStatusCode)[])[(id, HttpStatusCode.NoContent), (other, HttpStatusCode.Unauthorized)])
        {
            using var sent = await http.PostAsync($"/devices/{device}/messages/events?api-version=2021-04-12", new StringContent("two"), TestContext.Current.CancellationToken);
            sent.StatusCode.ShouldBe(status, await sent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            using var received = await http.GetAsync($"/devices/{device}/messages/devicebound?api-version=2021-04-12", TestContext.Current.CancellationToken);
            received.StatusCode.ShouldBe(status);
        }
    }

    [Fact]
    public async Task Azure_63_A_message_comes_with_its_headers_and_a_quoted_etag_and_a_wrong_lock_is_412()
    {
        var (id, token) = await DeviceAsync();
        await QueueAsync(id, "body", ("iothub-messageid", "m1"), ("iothub-correlationid", "c1"), ("iothub-ack", "full"), ("iothub-app-color", "grün"));
        using var received = await DeviceCallAsync(token, HttpMethod.Get, $"/devices/{id}/messages/devicebound");
        received.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await received.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("body");
        HeaderOf(received, "iothub-messageid").ShouldBe("m1");
        HeaderOf(received, "iothub-correlationid").ShouldBe("c1");
        HeaderOf(received, "iothub-ack").ShouldBe("full");
        HeaderOf(received, "iothub-deliverycount").ShouldBe("0");
        HeaderOf(received, "iothub-to").ShouldBe($"/devices/{id}/messages/devicebound");
        HeaderOf(received, "iothub-app-color").ShouldBe("gr%C3%BCn");
        var etag = HeaderOf(received, "ETag");
        etag.ShouldStartWith("\"");
        var token2 = etag.Trim('"');
        using var wrong = await DeviceCallAsync(token, HttpMethod.Delete, $"/devices/{id}/messages/devicebound/{Guid.NewGuid()}");
        wrong.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        HeaderOf(wrong, "iothub-errorcode").ShouldBe("DeviceMessageLockLost");
        using var none = await DeviceCallAsync(token, HttpMethod.Get, $"/devices/{id}/messages/devicebound");
        none.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var done = await DeviceCallAsync(token, HttpMethod.Delete, $"/devices/{id}/messages/devicebound/{token2}", ifMatch: etag);
        done.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var twice = await DeviceCallAsync(token, HttpMethod.Delete, $"/devices/{id}/messages/devicebound/{token2}", ifMatch: token2);
        twice.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task Azure_63_A_batch_is_base64_unless_it_says_otherwise_and_a_large_message_is_refused()
    {
        var (id, token) = await DeviceAsync();
        using var batch = JsonContent.Create(new object[]
        {
            new { body = Base64("one"), properties = new Dictionary<string, string> { ["iothub-app-k"] = "v", ["iothub-messageid"] = "1" } },
            new { body = "plain", base64Encoded = false },
        });
        batch.Headers.ContentType = new("application/vnd.microsoft.iothub.json");
        using var sent = await DeviceCallAsync(token, HttpMethod.Post, $"/devices/{id}/messages/events", batch);
        sent.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var large = await DeviceCallAsync(token, HttpMethod.Post, $"/devices/{id}/messages/events", new ByteArrayContent(new byte[(256 * 1024) + 1]));
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var malformed = new StringContent("[{\"body\":\"not base64!\"}]");
        malformed.Headers.ContentType = new("application/vnd.microsoft.iothub.json");
        using var refused = await DeviceCallAsync(token, HttpMethod.Post, $"/devices/{id}/messages/events", malformed);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Azure_63_Purging_empties_the_queue_and_the_identity_shows_how_much_waits()
    {
        var (id, _) = await DeviceAsync();
        await QueueAsync(id, "1");
        await QueueAsync(id, "2");
        using var shown = await hub.ServiceAsync(HttpMethod.Get, $"/devices/{id}");
        JsonNode.Parse(await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["cloudToDeviceMessageCount"]!.GetValue<int>().ShouldBe(2);
        using var purged = await hub.ServiceAsync(HttpMethod.Delete, $"/devices/{id}/commands");
        JsonNode.Parse(await purged.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["totalMessagesPurged"]!.GetValue<int>().ShouldBe(2);
    }

    private static string NewId() => $"http-{Interlocked.Increment(ref _last)}";

    private static string HeaderOf(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? values.Single() : "";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Text(JsonNode? base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64!.GetValue<string>()));

    private async Task<(string Id, string Token)> DeviceAsync()
    {
        var id = NewId();
        return (id, AzureHub.Token($"{hub.Address}/devices/{id}", AzureHub.KeyOf(await hub.CreateAsync(id))));
    }

    private async Task QueueAsync(string id, string body, params (string Name, string Value)[] headers)
    {
        using var answer = await CallAsync(await hub.PolicyTokenAsync("service", hub.Address), HttpMethod.Post, $"/devices/{id}/messages/devicebound", new StringContent(body), null, headers);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    private Task<HttpResponseMessage> DeviceCallAsync(string token, HttpMethod method, string path, HttpContent? content = null, string? ifMatch = null) =>
        CallAsync(token, method, path, content, ifMatch);

    private async Task<HttpResponseMessage> CallAsync(
        string token, HttpMethod method, string path, HttpContent? content, string? ifMatch, params (string Name, string Value)[] headers)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(method, new Uri($"https://{hub.Address}{path}?api-version=2021-04-12")) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", token);
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var answer = await http.SendAsync(request);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }
}
