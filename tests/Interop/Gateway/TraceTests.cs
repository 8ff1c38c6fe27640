using System.Net;
using System.Text;
using Fairlead.Shared;

namespace Fairlead.Interop.Gateway;

/// <summary>Traces of the gateway as a collector gets them, with the context in what the hub gets (spec section 9.4 item 12).</summary>
public sealed class TraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task A_trace_goes_to_the_collector_and_on_with_the_message()
    {
        string address = $"http://127.0.0.1:{FreePort.Take()}/v1/traces/";
        using var collector = new HttpListener();
        collector.Prefixes.Add(address);
        collector.Start();
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(
            hub.Address, [.. GatewayRun.Policy, ("OtlpEndpoint", address.TrimEnd('/')), ("OtlpProtocol", "http"), ("TraceRatio", "0"), ("InstanceId", "gw-traced")]);
        var exported = ExportedAsync(collector);
        using var untraced = await gateway.PostAsync("/api/dev1", "1");
        using var traced = await gateway.PostAsync("/api/dev1", "2", null, ("traceparent", $"00-{TraceId}-b7ad6b7169203331-01"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (untraced.StatusCode, traced.StatusCode));
        await hub.WaitAsync("d2c", times: 2);
        var messages = hub.Events("d2c");
        Assert.Null(messages[0]["properties"]?["traceparent"]);
        Assert.StartsWith($"00-{TraceId}-", (string?)messages[1]["properties"]?["traceparent"], StringComparison.Ordinal);
        gateway.Signal(15); // what is left is sent before it ends
        Assert.Equal(0, await gateway.EndAsync());

        // Protocol Buffers have texts and ids as they are.
        byte[] body = await exported;
        foreach (string text in (string[])["fairlead-gateway", "gw-traced", "POST /api/{deviceId}", "send devices/{deviceId}/messages/events"])
            Assert.True(body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0, text);
        Assert.True(body.AsSpan().IndexOf(Convert.FromHexString(TraceId)) >= 0);
        Assert.True(body.AsSpan().IndexOf("dev1"u8) < 0);
    }

    private static async Task<byte[]> ExportedAsync(HttpListener collector)
    {
        using var deadline = new CancellationTokenSource(RheaHub.Patience);
        var context = await collector.GetContextAsync().WaitAsync(deadline.Token);
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body, deadline.Token);
        context.Response.Close();
        return body.ToArray();
    }
}
