using System.Net;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Shared;

namespace Fairlead.Interop.Gateway;

/// <summary>Webhooks and callbacks (spec section 9.2).</summary>
public sealed class WebhookTests
{
    private const string Secret = "0123456789abcdef";

    [Fact]
    public async Task A_message_is_posted_signed_repeated_until_it_is_taken_and_then_completed()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var sink = new HookSink(requests => requests.Count < 3 ? 500 : 204);
        await using var gateway = await GatewayRun.StartAsync(hub.Address, [.. GatewayRun.Policy, ("WebhookAllow", "127.0.0.0/8")]);
        using var registered = await PutAsync(gateway, $$"""{"url":"{{sink.Url}}","secret":"{{Secret}}","kinds":["messages"]}""");
        Assert.Equal(HttpStatusCode.NoContent, registered.StatusCode);
        hub.Tell(new { op = "c2d", device = "dev1", id = "m1", body = """{"on":1}""", contentType = "application/json", properties = new { colour = "red" } });
        await hub.WaitAsync("settled", told => (string?)told["outcome"] == "accepted");
        Assert.Equal(3, sink.Requests.Count);
        var last = sink.Requests[^1];
        Assert.Equal(("""{"on":1}""", "message", "dev1", "m1", "red"), (last.Body, last.Headers["Fairlead-Kind"], last.Headers["Fairlead-Device"], last.Headers["iothub-messageid"], last.Headers["iothub-app-colour"]));
        string[] parts = last.Headers["Fairlead-Signature"].Split(',');
        string expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{parts[0][2..]}.message.dev1.{last.Body}")));
        Assert.Equal("v1=" + expected, parts[1]);
        using var shown = await gateway.SendAsync(HttpMethod.Get, "/api/dev1/webhook");
        Assert.DoesNotContain(Secret, await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/x")]
    [InlineData("https://127.0.0.1:9/x")]
    [InlineData("https://[::1]/x")]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("https://10.1.2.3/x")]
    [InlineData("https://[::ffff:192.168.0.1]/x")]
    [InlineData("http://example.com/x")]
    [InlineData("ftp://example.com/x")]
    [InlineData("https://user:word@example.com/x")]
    public async Task Webhooks_to_private_addresses_are_refused(string url)
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, GatewayRun.Policy);
        using var refused = await PutAsync(gateway, $$"""{"url":"{{url}}"}""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Callbacks_get_messages_and_methods_of_every_device_and_the_answer_goes_back()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var sink = new HookSink(_ => 200, """{"done":true}""");
        await using var gateway = await GatewayRun.StartAsync(hub.Address, [.. GatewayRun.Policy, ("CloudMessageCallback", sink.Url), ("DirectMethodCallback", sink.Url)]);
        using var sent = await gateway.PostAsync("/api/dev7", "1");
        hub.Tell(new { op = "c2d", device = "dev7", id = "m1", body = "1" });
        await hub.WaitAsync("settled", told => (string?)told["outcome"] == "accepted");
        await hub.WaitAsync("callable");
        hub.Tell(new { op = "method", device = "dev7", id = "3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab", name = "reboot", body = """{"in":1}""" });
        var answer = await hub.WaitAsync("answer");
        Assert.Equal((200, """{"done":true}"""), ((int)answer["status"]!, (string?)answer["body"]));
        var method = sink.Requests.Single(request => request.Headers["Fairlead-Kind"] == "method");
        Assert.Equal(("reboot", """{"in":1}"""), (method.Headers["iothub-methodname"], method.Body));
    }

    [Fact]
    public async Task A_webhook_survives_a_restart_and_a_410_ends_it()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-hooks-");
        await using var hub = await RheaHub.StartAsync();
        await using var sink = new HookSink(_ => 410);
        (string, string)[] settings = [.. GatewayRun.Policy, ("WebhookAllow", "127.0.0.1"), ("DataDirectory", folder.FullName)];
        await using (var gateway = await GatewayRun.StartAsync(hub.Address, settings))
        {
            using var registered = await PutAsync(gateway, $$"""{"url":"{{sink.Url}}","kinds":["messages"]}""");
            Assert.Equal(HttpStatusCode.NoContent, registered.StatusCode);
            // The answer is for what is stored; the link comes after it, and may not come at all when the gateway is stopped at once.
            await hub.WaitAsync("attach", static told => (string?)told["role"] == "sender");
        }

        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.FullName, "webhooks.json")));
        await using (var gateway = await GatewayRun.StartAsync(hub.Address, settings))
        {
            await hub.WaitAsync("attach", static told => (string?)told["role"] == "sender", 2);
            hub.Tell(new { op = "c2d", device = "dev1", id = "m1", body = "1" });
            await hub.WaitAsync("settled", told => (string?)told["outcome"] == "released");
            using var deadline = new CancellationTokenSource(RheaHub.Patience);
            while (true)
            {
                using var shown = await gateway.SendAsync(HttpMethod.Get, "/api/dev1/webhook");
                if (shown.StatusCode == HttpStatusCode.NotFound) break;
                deadline.Token.ThrowIfCancellationRequested();
            }
        }

        folder.Delete(recursive: true);
    }

    private static Task<HttpResponseMessage> PutAsync(GatewayRun gateway, string json) =>
        gateway.SendAsync(HttpMethod.Put, "/api/dev1/webhook", new StringContent(json, Encoding.UTF8, "application/json"));

    private sealed record Hook(Dictionary<string, string> Headers, string Body);

    /// <summary>Takes requests of webhooks.</summary>
    private sealed class HookSink : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Func<List<Hook>, int> _status;
        private readonly string _body;
        private readonly Task _running;
        private readonly List<Hook> _requests = [];

        public HookSink(Func<List<Hook>, int> status, string body = "")
        {
            (_status, _body) = (status, body);
            Url = $"http://127.0.0.1:{FreePort.Take()}/hook/";
            _listener.Prefixes.Add(Url);
            _listener.Start();
            _running = RunAsync();
        }

        public string Url { get; }

        public IReadOnlyList<Hook> Requests
        {
            get
            {
                lock (_requests) return [.. _requests];
            }
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Close();
            await _running;
        }

        private async Task RunAsync()
        {
            while (true)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                using var reader = new StreamReader(context.Request.InputStream);
                string body = await reader.ReadToEndAsync();
                lock (_requests)
                {
                    _requests.Add(new Hook(context.Request.Headers.AllKeys.ToDictionary(name => name!, name => context.Request.Headers[name]!, StringComparer.OrdinalIgnoreCase), body));
                    context.Response.StatusCode = _status(_requests);
                }

                context.Response.ContentType = "application/json";
                context.Response.Close(Encoding.UTF8.GetBytes(_body), willBlock: false);
            }
        }
    }
}
