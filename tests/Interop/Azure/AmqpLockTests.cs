namespace Fairlead.Interop.Azure;

/// <summary>Locks that end, on a hub with short ones.</summary>
public sealed class AmqpLockTests
{
    [Fact]
    public async Task Azure_48_49_A_message_whose_lock_ends_comes_again_uncounted_and_its_old_delivery_cannot_be_settled()
    {
        await using var stage = new AzureHub { Arguments = ["--set", "IotHub:MessageLock=2s"] };
        await stage.InitializeAsync();
        await stage.CreateAsync("locks");
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, "locks");
        await peer.AttachAsync("c2d", "receiver", "/devices/locks/messages/devicebound", credit: 100, attach: new { rcv_settle_mode = 1 });
        await peer.AttachAsync("send", "sender", "/messages/devicebound");
        await peer.SendAsync("send", new { to = "/devices/locks/messages/devicebound", message_id = "m", body = new { data = "eA==" } });
        var first = await peer.ReceiveAsync("c2d");
        var next = await peer.ReceiveAsync("c2d");
        next["tag"]!.GetValue<string>().ShouldNotBe(first["tag"]!.GetValue<string>());
        foreach (var delivery in (System.Text.Json.Nodes.JsonObject[])[first, next])
        {
            delivery["messageId"]!.GetValue<string>().ShouldBe("m");
            delivery["annotations"]!["iothub-deliverycount"]!.GetValue<int>().ShouldBe(0);
        }

        await peer.SettleAsync(first, "accepted", settled: false);
        var refused = await SettledAsync(peer);
        refused["outcome"]!.GetValue<string>().ShouldBe("rejected");
        refused["condition"]!.GetValue<string>().ShouldBe("com.microsoft:message-lock-lost");

        // A machine that is busy may be too late for this one too; another comes then.
        while (true)
        {
            await peer.SettleAsync(next, "accepted", settled: false);
            if ((await SettledAsync(peer))["outcome"]!.GetValue<string>() == "accepted") break;
            next = await peer.ReceiveAsync("c2d");
        }

        await peer.CloseAsync();
    }

    // The link that sent the message tells of its settlement too.
    private static async Task<System.Text.Json.Nodes.JsonObject> SettledAsync(RawPeer peer)
    {
        while (true)
        {
            var settled = await peer.NextAsync("settled");
            if (settled["link"]!.GetValue<string>() == "c2d") return settled;
        }
    }
}
