using System.Text.Json.Nodes;

namespace Fairlead.Interop.Azure;

/// <summary>Tokens over <c>$cbs</c>, and what they let a connection do.</summary>
public sealed class AmqpTokenTests(AzureHub stage) : IClassFixture<AzureHub>
{
    [Fact]
    public async Task Azure_36_A_valid_token_is_taken_under_every_form_of_name()
    {
        var key = AzureHub.KeyOf(await stage.CreateAsync("forms"));
        var peer = await RawPeer.ConnectAsync(stage, "forms");
        var own = AzureHub.Token($"{stage.Address}/devices/forms", key);
        var owner = await stage.PolicyTokenAsync("iothubowner", stage.Address);
        foreach (var (name, token) in new[]
        {
            (Uri.EscapeDataString($"{stage.Address}/devices/forms"), own),
            (Uri.EscapeDataString($"{stage.Address}:{stage.Amqps}/devices/forms"), AzureHub.Token($"{stage.Address}:{stage.Amqps}/devices/forms", key)),
            ($"{stage.Address}/devices/forms", own),
            (stage.Address, owner),
            ($"{stage.Address}:{stage.Amqps}", await stage.PolicyTokenAsync("service", $"{stage.Address}:{stage.Amqps}")),
            ($"amqps://{stage.Address}:5671/", await stage.PolicyTokenAsync("service", $"amqps://{stage.Address}:5671/")),
            ($"sb://{stage.Address}/hub1/$management", await stage.PolicyTokenAsync("service", $"sb://{stage.Address}/hub1/$management")),
            ($"iothubowner@sas.root.{stage.Address}", owner),
        })
        {
            var answer = await peer.PutTokenAsync(name, token);
            answer["status"]!.GetValue<int>().ShouldBe(200, $"{name}: {answer["description"]}");
        }

        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_37_The_answer_has_the_type_of_the_request_s_id()
    {
        var peer = await RawPeer.ConnectAsync(stage, "ids");
        var token = await stage.PolicyTokenAsync("device", stage.Address);
        foreach (var (id, expected) in new (object, string)[]
        {
            ("3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab", "\"3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab\""),
            (new { uuid = "3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab" }, "\"3f1b5c1e7a2d4b8e9c3f0123456789ab\""),
            (new { @ulong = 77 }, "77"),
        })
        {
            var answer = await peer.PutTokenAsync(stage.Address, token, id: id);
            answer["status"]!.GetValue<int>().ShouldBe(200);
            answer["correlationId"]!.ToJsonString().ShouldBe(expected);
        }

        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_38_Wrong_unknown_and_old_tokens_are_told_apart_at_once()
    {
        var key = AzureHub.KeyOf(await stage.CreateAsync("judged"));
        var other = Convert.ToBase64String(new byte[32]);
        var resource = $"{stage.Address}/devices/judged";
        var peer = await RawPeer.ConnectAsync(stage, "judged");
        foreach (var (token, status) in new[]
        {
            (AzureHub.Token(resource, other), 401),
            (AzureHub.Token($"{stage.Address}/devices/nobody", other), 404),
            (AzureHub.Token(resource, key, life: TimeSpan.FromSeconds(-310)), 401),
            (AzureHub.Token(resource, key, life: TimeSpan.FromSeconds(-200)), 200),
            ("SharedAccessSignature nonsense", 401),
            (AzureHub.Token(resource, key), 200),
        })
        {
            (await peer.PutTokenAsync(resource, token))["status"]!.GetValue<int>().ShouldBe(status);
        }

        await peer.CloseAsync();
        var connection = $"HostName={stage.Address}:{stage.Amqps};DeviceId=judged;SharedAccessKey={other}";
        (await stage.Driver.FailAsync("open", "judged-sdk", new { connectionString = connection })).ShouldStartWith("UnauthorizedError");
        connection = $"HostName={stage.Address}:{stage.Amqps};DeviceId=nobody;SharedAccessKey={other}";
        (await stage.Driver.FailAsync("open", "nobody-sdk", new { connectionString = connection })).ShouldStartWith("UnauthorizedError: 404001 DeviceNotFound"); // its name for whatever CBS refuses
    }

    [Fact]
    public async Task Azure_39_A_token_reaches_its_own_identity_and_a_policy_every_device()
    {
        var ab = AzureHub.KeyOf(await stage.CreateAsync("ab"));
        await stage.CreateAsync("abc");
        await stage.CreateAsync("a");
        var module = AzureHub.KeyOf(await stage.CreateAsync("ab/modules/m"));
        var peer = await RawPeer.ConnectAsync(stage, "reach");
        await peer.PutTokenAsync("x", AzureHub.Token($"{stage.Address}/devices/ab", ab));
        (await peer.RefusedAsync("1", "sender", "/devices/abc/messages/events")).ShouldBe("amqp:unauthorized-access");
        (await peer.RefusedAsync("2", "sender", "/devices/a/messages/events")).ShouldBe("amqp:unauthorized-access");
        (await peer.RefusedAsync("3", "sender", "/devices/ab/modules/m/messages/events")).ShouldBe("amqp:unauthorized-access");
        (await peer.AttachAsync("4", "sender", "/devices/ab/messages/events"))["target"]!.GetValue<string>().ShouldBe("/devices/ab/messages/events");
        await peer.CloseAsync();

        peer = await RawPeer.ConnectAsync(stage, "module");
        await peer.PutTokenAsync("x", AzureHub.Token($"{stage.Address}/devices/ab/modules/m", module));
        (await peer.RefusedAsync("1", "sender", "/devices/ab/messages/events")).ShouldBe("amqp:unauthorized-access");
        (await peer.AttachAsync("2", "sender", "/devices/ab/modules/m/messages/events"))["target"].ShouldNotBeNull();
        await peer.CloseAsync();

        peer = await RawPeer.ConnectAsOwnerAsync(stage, "policy");
        foreach (var device in (string[])["a", "ab", "abc"]) (await peer.AttachAsync(device, "sender", $"/devices/{device}/messages/events"))["target"].ShouldNotBeNull();
        (await peer.RefusedAsync("none", "sender", "/devices/nobody/messages/events")).ShouldBe("amqp:not-found");
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_40_Without_a_token_an_attach_is_refused()
    {
        await stage.CreateAsync("early");
        var peer = await RawPeer.ConnectAsync(stage, "early");
        (await peer.RefusedAsync("1", "sender", "/devices/early/messages/events")).ShouldBe("amqp:unauthorized-access");
        (await peer.RefusedAsync("2", "receiver", "/devices/early/messages/devicebound")).ShouldBe("amqp:unauthorized-access");
        (await peer.RefusedAsync("3", "sender", "/messages/devicebound")).ShouldBe("amqp:unauthorized-access");
        (await peer.RefusedAsync("4", "receiver", "hub1/ConsumerGroups/$Default/Partitions/0")).ShouldBe("amqp:unauthorized-access");
        (await peer.RefusedAsync("5", "sender", "/nowhere")).ShouldBe("amqp:not-implemented");
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_41_Absolute_relative_and_encoded_addresses_name_the_same_node()
    {
        const string Id = "d%v#1+x";
        await stage.CreateAsync(Id);
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, "addresses");
        var encoded = Uri.EscapeDataString(Id);
        await peer.AttachAsync("c2d", "receiver", $"amqps://{stage.Address}:5671/devices/{encoded}/messages/deviceBound", credit: 10);
        await peer.AttachAsync("send", "sender", "/messages/deviceBound");
        (await peer.SendAsync("send", new { to = $"/devices/{encoded}/messages/deviceBound", body = new { data = "eA==" } })).Outcome.ShouldBe("accepted");
        (await peer.ReceiveAsync("c2d"))["body"]!.GetValue<string>().ShouldBe("eA==");
        // The lower-case relative form is the same node: it takes over.
        await peer.AttachAsync("again", "receiver", $"/devices/{encoded}/messages/devicebound", credit: 10);
        (await peer.DetachedAsync("c2d")).ShouldBe("amqp:link:stolen");
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_42_The_answer_to_an_attach_mirrors_modes_and_says_limits()
    {
        await stage.CreateAsync("mirror");
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, "mirror");
        var c2d = await peer.AttachAsync("c2d", "receiver", "/devices/mirror/messages/devicebound", attach: new { rcv_settle_mode = 1 });
        c2d["rcv"]!.GetValue<int>().ShouldBe(1);
        c2d["initial"]!.GetValue<int>().ShouldBe(0);
        var twin = await peer.AttachAsync("twin", "receiver", "/devices/mirror/twin", attach: new { snd_settle_mode = 1, rcv_settle_mode = 0 });
        twin["snd"]!.GetValue<int>().ShouldBe(1);
        (twin["rcv"]?.GetValue<int>() ?? 0).ShouldBe(0);
        var events = await peer.AttachAsync("events", "sender", "/devices/mirror/messages/events");
        events["max"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(262_144);
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_43_A_renewed_token_keeps_links_and_one_that_expires_ends_them()
    {
        var key = AzureHub.KeyOf(await stage.CreateAsync("renew"));
        var other = AzureHub.KeyOf(await stage.CreateAsync("lapse"));
        var peer = await RawPeer.ConnectAsync(stage, "renew");
        // Tokens are accepted for 300 s after their end: these have a few seconds left.
        var short1 = TimeSpan.FromSeconds(-297);
        await peer.PutTokenAsync("renew", AzureHub.Token($"{stage.Address}/devices/renew", key, life: short1));
        await peer.PutTokenAsync("lapse", AzureHub.Token($"{stage.Address}/devices/lapse", other, life: short1));
        await peer.AttachAsync("kept", "sender", "/devices/renew/messages/events");
        await peer.AttachAsync("lost", "sender", "/devices/lapse/messages/events");
        (await peer.PutTokenAsync("renew", AzureHub.Token($"{stage.Address}/devices/renew", key)))["status"]!.GetValue<int>().ShouldBe(200);
        (await peer.DetachedAsync("lost")).ShouldBe("amqp:unauthorized-access");
        (await peer.SendAsync("kept", new { body = new { data = "eA==" } })).Outcome.ShouldBe("accepted");
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_44_The_thousand_and_first_token_is_refused_and_the_others_go_on()
    {
        await stage.CreateAsync("t0");
        var peer = await RawPeer.ConnectAsync(stage, "thousand");
        var policy = JsonNode.Parse(await stage.Administrator.GetStringAsync("/v1/iothub/policies/device", TestContext.Current.CancellationToken))!["primaryKey"]!.GetValue<string>();
        for (var i = 0; i < 1000; i++)
            (await peer.PutTokenAsync($"t{i}", AzureHub.Token($"{stage.Address}/devices/t{i}", policy, "device")))["status"]!.GetValue<int>().ShouldBe(200);
        var last = await peer.PutTokenAsync("t1000", AzureHub.Token($"{stage.Address}/devices/t1000", policy, "device"));
        last["status"]!.GetValue<int>().ShouldBe(403);
        last["description"]!.GetValue<string>().ShouldContain("403005");
        await peer.AttachAsync("1", "sender", "/devices/t0/messages/events");
        (await peer.SendAsync("1", new { body = new { data = "eA==" } })).Outcome.ShouldBe("accepted");
        (await peer.PutTokenAsync("t5", AzureHub.Token($"{stage.Address}/devices/t5", policy, "device")))["status"]!.GetValue<int>().ShouldBe(200);
        await peer.CloseAsync();
    }
}
