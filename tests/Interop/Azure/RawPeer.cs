using System.Text.Json.Nodes;

namespace Fairlead.Interop.Azure;

/// <summary>A connection of rhea: it sends what the SDKs for C# and others send, link by link.</summary>
public sealed class RawPeer(AzureHub stage, string name)
{
    public string Name => name;

    /// <summary>Connects in the clear, without a word of who it is.</summary>
    public static async Task<RawPeer> ConnectAsync(AzureHub stage, string name, object? options = null)
    {
        var peer = new RawPeer(stage, name);
        await stage.Driver.DoAsync("raw", name, new { url = $"amqp://{stage.Address}:{stage.Hub.Listener("amqp").Port}", options });
        return peer;
    }

    /// <summary>Connects over TLS.</summary>
    public static async Task<RawPeer> ConnectSecurelyAsync(AzureHub stage, string name, object options)
    {
        var peer = new RawPeer(stage, name);
        await stage.Driver.DoAsync("raw", name, new { url = $"amqps://{stage.Address}:{stage.Amqps}", options });
        return peer;
    }

    /// <summary>Connects and proves to be a policy that may do everything.</summary>
    public static async Task<RawPeer> ConnectAsOwnerAsync(AzureHub stage, string name, string? session = null)
    {
        var peer = await ConnectAsync(stage, name);
        (await peer.PutTokenAsync(stage.Address, await stage.PolicyTokenAsync("iothubowner", stage.Address), session))["status"]!.GetValue<int>().ShouldBe(200);
        return peer;
    }

    /// <summary>Gives a token to <c>$cbs</c>. Returns the answer.</summary>
    public Task<JsonObject> PutTokenAsync(string audience, string token, string? session = null, object? id = null) =>
        stage.Driver.DoAsync("cbs", name, new { name = audience, token, session, messageId = id });

    /// <summary>Attaches a link. Returns what the hub answered.</summary>
    public async Task<JsonNode> AttachAsync(
        string link, string role, string? address, string? session = null, int credit = 0, object? attach = null, object? properties = null, string? filter = null, bool autosettle = true) =>
        (await stage.Driver.DoAsync("rawAttach", name, new { link, role, address, session, credit, attach, properties, filter, source = filter is null ? null : new { address }, autosettle }))["remote"]!;

    /// <summary>Attaches a link that the hub must refuse. Returns the condition.</summary>
    public async Task<string> RefusedAsync(string link, string role, string address)
    {
        var remote = await AttachAsync(link, role, address);
        remote[role == "receiver" ? "source" : "target"].ShouldBeNull();
        return await DetachedAsync(link);
    }

    /// <summary>Waits until the hub has detached a link. Returns the condition.</summary>
    public async Task<string> DetachedAsync(string link)
    {
        while (true)
        {
            var detached = await stage.Driver.NextAsync(name, "detached");
            if (detached["link"]!.GetValue<string>() == link) return detached["condition"]!.GetValue<string>();
        }
    }

    /// <summary>Sends a message. Returns outcome and condition.</summary>
    public async Task<(string Outcome, string Condition)> SendAsync(string link, object message)
    {
        var answer = await stage.Driver.DoAsync("rawSend", name, new { link, message });
        return (answer["outcome"]!.GetValue<string>(), answer["condition"]!.GetValue<string>());
    }

    /// <summary>Sends a message and does not wait for its outcome.</summary>
    public Task PostAsync(string link, object message) => stage.Driver.DoAsync("rawSend", name, new { link, message, noWait = true });

    /// <summary>The next message on a link; others in between must not come.</summary>
    public async Task<JsonObject> ReceiveAsync(string link)
    {
        var message = await stage.Driver.NextAsync(name, "raw");
        message["link"]!.GetValue<string>().ShouldBe(link);
        return message;
    }

    /// <summary>Whether a message has come already.</summary>
    public bool HasReceived => stage.Driver.TryNext(name, "raw", out _);

    public Task SettleAsync(JsonObject message, string outcome, bool settled = true) =>
        stage.Driver.DoAsync("rawSettle", name, new { index = message["index"]!.GetValue<int>(), outcome, settled });

    public Task<JsonObject> NextAsync(string kind) => stage.Driver.NextAsync(name, kind);

    public Task CreditAsync(string link, int credit) => stage.Driver.DoAsync("rawCredit", name, new { link, credit });

    public Task DetachAsync(string link) => stage.Driver.DoAsync("rawDetach", name, new { link });

    public Task CloseAsync() => stage.Driver.DoAsync("rawClose", name);
}
