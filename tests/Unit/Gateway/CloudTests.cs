using System.Net;
using System.Net.Sockets;
using Fairlead.Gateway.Cloud;
using Fairlead.Gateway.Cluster;
using Fairlead.Gateway.Hosting;
using Fairlead.Gateway.Upstream;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Gateway;

/// <summary>Messages to devices, methods, twins (spec section 9.4 items 7, 8 and 10, checklist 76 and 78).</summary>
public sealed class CloudTests
{
    [Fact]
    public async Task A_poll_gets_a_message_and_completes_it_by_its_lock()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        var poll = rig.SendAsync("GET", "/api/dev1/messages/devicebound?wait=60", [], aborted: TestContext.Current.CancellationToken);
        (await LinkAsync(rig)).Deliver("""{"on":true}""");
        var answer = await poll;
        (answer.Status, answer.Body).ShouldBe((200, """{"on":true}"""));
        string token = answer.Headers.ETag.ToString().Trim('"');
        token.ShouldStartWith("gw1-");
        (await rig.SendAsync("DELETE", $"/api/dev1/messages/devicebound/{token}", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(204);
        rig.Hub.Settled.ShouldHaveSingleItem().Outcome.ShouldBe(MessageOutcome.Complete);
        var again = await rig.SendAsync("DELETE", $"/api/dev1/messages/devicebound/{token}", [], aborted: TestContext.Current.CancellationToken);
        (again.Status, again.Json.GetProperty("errorCode").GetInt32()).ShouldBe((412, 412_002));
    }

    [Theory]
    [InlineData("DELETE", "?reject", nameof(MessageOutcome.Reject))]
    [InlineData("POST", "/abandon", nameof(MessageOutcome.Abandon))]
    public async Task Messages_are_rejected_and_abandoned(string method, string suffix, string outcome)
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        var poll = rig.SendAsync("GET", "/api/dev1/messages/devicebound?wait=60", [], aborted: TestContext.Current.CancellationToken);
        (await LinkAsync(rig)).Deliver("1");
        string token = (await poll).Headers.ETag.ToString().Trim('"');
        (await rig.SendAsync(method, $"/api/dev1/messages/devicebound/{token}{suffix}", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(204);
        rig.Hub.Settled.ShouldHaveSingleItem().Outcome.ToString().ShouldBe(outcome);
    }

    [Fact]
    public async Task Azure_76_Without_a_consumer_the_hub_has_no_credit()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        (await rig.SendAsync("GET", "/api/dev1/messages/devicebound", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(204);
        rig.Hub.Cloud("dev1").Credit.ShouldBe(0);
        var device = rig.Parts.Services.Devices.Find("dev1", byPolicy: true)!;
        var stream = new DeviceStream(7);
        device.Cloud.Add(stream);
        rig.Hub.Cloud("dev1").Credit.ShouldBe(7);
        device.Cloud.Remove(stream);
        rig.Hub.Cloud("dev1").Credit.ShouldBe(0);
        rig.Hub.Settled.ShouldBeEmpty();
    }

    /// <summary>Whatever time passes: the hub is asked for nothing and told nothing.</summary>
    [Fact]
    public async Task Azure_75_Five_thousand_streams_that_wait_ask_the_hub_for_nothing()
    {
        const int Devices = 5000;
        var time = new Client.ManualTimeProvider();
        await using var rig = new GatewayRig(GatewayRig.Policy, time);
        using var gone = new CancellationTokenSource();
        var streams = Enumerable.Range(0, Devices).Select(n => rig.SendAsync("GET", $"/api/d{n}/stream?kinds=messages", [], aborted: gone.Token)).ToArray();
        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(1)); // devices come at a limited rate
            return rig.Hub.Links.Values.Count(static link => link is FakeCloud { Credit: 10 }) == Devices;
        });
        var before = (rig.Hub.Credits, rig.Hub.Attached.Count, rig.Hub.Tokens.Count, rig.Hub.Dials);
        for (int second = 0; second < 120; second++) time.Advance(TimeSpan.FromSeconds(1));
        (rig.Hub.Credits, rig.Hub.Attached.Count, rig.Hub.Tokens.Count, rig.Hub.Dials).ShouldBe(before);
        rig.Hub.Settled.ShouldBeEmpty();
        rig.Hub.Cloud("d4321").Deliver("1");
        rig.Parts.Read().Locked.ShouldBe(1);
        await gone.CancelAsync();
        await Task.WhenAll(streams);
        rig.Hub.Settled.ShouldHaveSingleItem().Device.ShouldBe("d4321");
    }

    [Fact]
    public async Task Azure_76_What_a_consumer_holds_goes_back_when_it_dies()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        using var gone = new CancellationTokenSource();
        var stream = rig.SendAsync("GET", "/api/dev1/stream?kinds=messages", [], aborted: gone.Token);
        (await LinkAsync(rig)).Deliver("1");
        await gone.CancelAsync();
        await stream;
        rig.Hub.Settled.ShouldHaveSingleItem().Outcome.ShouldBe(MessageOutcome.Abandon);
        rig.Hub.Cloud("dev1").Credit.ShouldBe(0);
    }

    [Fact]
    public async Task Azure_76_A_lock_that_is_not_used_in_time_goes_back()
    {
        var time = new Client.ManualTimeProvider();
        await using var rig = new GatewayRig(GatewayRig.Policy, time);
        var poll = rig.SendAsync("GET", "/api/dev1/messages/devicebound?wait=60", [], aborted: TestContext.Current.CancellationToken);
        (await LinkAsync(rig)).Deliver("1");
        string token = (await poll).Headers.ETag.ToString().Trim('"');
        time.Advance(TimeSpan.FromSeconds(51));
        rig.Parts.Services.Devices.Sweep();
        rig.Hub.Settled.ShouldHaveSingleItem().Outcome.ShouldBe(MessageOutcome.Abandon);
        (await rig.SendAsync("DELETE", $"/api/dev1/messages/devicebound/{token}", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(412);
    }

    [Fact]
    public async Task A_stream_tells_messages_methods_and_desired_properties()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        var stream = rig.SendAsync("GET", "/api/dev1/stream", [], aborted: TestContext.Current.CancellationToken);
        var cloud = await LinkAsync(rig);
        cloud.Deliver("{\n\"a\":1}");
        await Until.TrueAsync(() => !(!rig.Hub.Links.ContainsKey(("dev1", "methods")) || !rig.Hub.Links.ContainsKey(("dev1", "twin"))));
        await Until.TrueAsync(() => !(rig.Hub.Twin("dev1").Subscriptions == 0));
        await Until.TrueAsync(() => !(rig.Hub.Cloud("dev1").Credit != 9));
        var device = rig.Parts.Services.Devices.Find("dev1", byPolicy: true)!;
        (await device.Methods.WhenAttachedAsync(CancellationToken.None)).ShouldBeNull();
        rig.Hub.Methods("dev1").Call("reboot", "{\"in\":5}");
        rig.Hub.Twin("dev1").Push("{\"x\":1,\"$version\":4}");
        await rig.Parts.Services.State.DrainAsync(new CancellationToken(true));
        string text = (await stream).Body;
        text.ShouldContain("event: message\ndata: {\"lock\":\"gw1-00000000000000000000000000000001\"");
        text.ShouldContain("\"body\":{\"a\":1}}\n\n");
        text.ShouldContain("event: method\ndata: {\"rid\":\"gw1-");
        text.ShouldContain("\"name\":\"reboot\",\"payload\":{\"in\":5}}");
        text.ShouldContain("event: desired\ndata: {\"whole\":false,\"desired\":{\"x\":1,\"$version\":4}}");
        text.ShouldContain("event: end\ndata: {\"reason\":\"stopping\"}");
    }

    [Fact]
    public async Task Methods_are_attached_while_somebody_takes_them_and_answered_over_the_api()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        var poll = rig.SendAsync("GET", "/api/dev1/methods?wait=60", [], aborted: TestContext.Current.CancellationToken);
        var device = await DeviceAsync(rig);
        (await device.Methods.WhenAttachedAsync(CancellationToken.None)).ShouldBeNull();
        rig.Hub.Methods("dev1").Call("ping", "null");
        var call = (await poll).Json;
        call.GetProperty("name").GetString().ShouldBe("ping");
        string id = call.GetProperty("rid").GetString()!;
        (await rig.PostAsync($"/api/dev1/methods/{id}/response", """{"payload":1}""")).Status.ShouldBe(400);
        (await rig.PostAsync($"/api/dev1/methods/{id}/response", """{"status":201,"payload":{"ok":true}}""")).Status.ShouldBe(204);
        (await rig.PostAsync($"/api/dev1/methods/{id}/response", """{"status":201}""")).Status.ShouldBe(404);
        var answer = rig.Hub.Methods("dev1").Answers.ShouldHaveSingleItem();
        (answer.Status, answer.Payload).ShouldBe((201, """{"ok":true}"""));
        rig.Parts.Services.Devices.Sweep();
        rig.Hub.Detached.ShouldContain(("dev1", "methods"));
    }

    [Fact]
    public async Task Twins_are_read_and_reported()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        (await rig.SendAsync("GET", "/api/dev1/twin", [], aborted: TestContext.Current.CancellationToken)).Json.GetProperty("desired").GetProperty("$version").GetInt32().ShouldBe(1);
        var patched = await rig.SendAsync("PATCH", "/api/dev1/twin/reported", """{"fw":"1"}"""u8.ToArray(), aborted: TestContext.Current.CancellationToken);
        (patched.Status, patched.Body).ShouldBe((200, """{"version":2}"""));
        (await rig.SendAsync("PATCH", "/api/dev1/twin/reported", "[]"u8.ToArray(), aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(400);
        (await rig.SendAsync("PATCH", "/api/dev1/twin/reported", "{}"u8.ToArray(), headers: [("If-Match", "\"7\"")], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(412);
    }

    [Fact]
    public async Task Switched_off_kinds_are_refused()
    {
        await using var rig = new GatewayRig(settings =>
        {
            GatewayRig.Policy(settings);
            settings["CloudMessagesEnabled"] = settings["DirectMethodEnabled"] = "false";
        });
        (await rig.SendAsync("GET", "/api/dev1/messages/devicebound", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(403);
        (await rig.SendAsync("GET", "/api/dev1/methods", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(403);
        (await rig.SendAsync("GET", "/api/dev1/stream?kinds=messages", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(403);
        (await rig.SendAsync("GET", "/api/dev1/stream?kinds=news", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Azure_78_A_stream_whose_link_was_taken_ends_and_does_not_take_it_back()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        var stream = rig.SendAsync("GET", "/api/dev1/stream?kinds=messages", [], aborted: TestContext.Current.CancellationToken);
        var link = await LinkAsync(rig);
        await Until.TrueAsync(() => !(link.Credit == 0));
        link.Lose(HubFault.From("amqp:link:stolen", null));
        (await stream).Body.ShouldContain("\"reason\":\"moved\"");
        rig.Parts.Services.Devices.Sweep();
        rig.Hub.Attached.Count(attached => attached.Kind == "cloud").ShouldBe(1);
    }

    [Fact]
    public async Task Azure_78_A_poll_outlives_the_late_notice_that_its_link_was_taken_before_it_came()
    {
        var time = new ManualClock();
        await using var rig = new GatewayRig(GatewayRig.Policy, time);
        var first = rig.SendAsync("GET", "/api/dev1/messages/devicebound?wait=60", [], aborted: TestContext.Current.CancellationToken);
        var link = await LinkAsync(rig);
        link.Deliver("1");
        (await first).Body.ShouldBe("1");
        time.Advance(TimeSpan.FromSeconds(5));

        // Taken by another instance meanwhile; the device is here again before this one has heard of it.
        var second = rig.SendAsync("GET", "/api/dev1/messages/devicebound?wait=60", [], aborted: TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => link.Credit == 1);
        link.Lose(HubFault.From("amqp:link:stolen", null));
        await Until.TrueAsync(() => rig.Hub.Cloud("dev1") is { Credit: 1 } fresh && fresh != link);
        rig.Hub.Cloud("dev1").Deliver("2");
        (await second).Body.ShouldBe("2");

        // One who has had the link for longer, or whose own it is, ends.
        var third = rig.SendAsync("GET", "/api/dev1/messages/devicebound?wait=60", [], aborted: TestContext.Current.CancellationToken);
        link = await LinkAsync(rig);
        time.Advance(TimeSpan.FromSeconds(2));
        link.Lose(HubFault.From("amqp:link:stolen", null));
        (await third).Status.ShouldBe(204);
        rig.Hub.Attached.Count(attached => attached.Kind == "cloud").ShouldBe(2);
    }

    [Fact]
    public async Task A_stream_that_breaks_ends_its_calls_at_once()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        using var gone = new CancellationTokenSource();
        var stream = rig.SendAsync("GET", "/api/dev1/stream?kinds=methods", [], aborted: gone.Token);
        var device = await DeviceAsync(rig);
        await Until.TrueAsync(() => device.Methods.HasConsumers);
        (await device.Methods.WhenAttachedAsync(CancellationToken.None)).ShouldBeNull();
        rig.Hub.Methods("dev1").Call("reboot", "null");
        await gone.CancelAsync();
        await stream;
        // The hub tells the callers of links that are gone.
        await Until.TrueAsync(() => rig.Hub.Detached.Contains(("dev1", "methods")));
        rig.Hub.Methods("dev1").Answers.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_broken_stream_had_not_written_goes_to_another_and_what_it_had_is_answered_for_it()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        await rig.PostAsync("/api/dev1", "1");
        var methods = (await DeviceAsync(rig)).Methods;
        var broken = new DeviceStream(1);
        var other = new DeviceStream(1);
        methods.Add(broken);
        (await methods.WhenAttachedAsync(CancellationToken.None)).ShouldBeNull();
        rig.Hub.Methods("dev1").Call("written", "null");
        rig.Hub.Methods("dev1").Call("queued", "null");
        methods.Add(other);
        broken.Events.TryRead(out var told).ShouldBeTrue();
        told!.Call!.IsOut = true;
        methods.Remove(broken, broke: true);
        other.Events.TryRead(out var again).ShouldBeTrue();
        again!.Call!.Call.Name.ShouldBe("queued");
        other.Events.TryRead(out _).ShouldBeFalse();
        await Until.TrueAsync(() => !rig.Hub.Methods("dev1").Answers.IsEmpty);
        rig.Hub.Methods("dev1").Answers.ShouldHaveSingleItem().ShouldBe((told.Call.Call.CorrelationId, 504, "null"));
    }

    [Fact]
    public async Task A_poll_that_is_gone_when_its_call_comes_ends_the_call()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        await rig.PostAsync("/api/dev1", "1");
        var methods = (await DeviceAsync(rig)).Methods;
        var poll = new MethodPoll();
        methods.Add(poll);
        (await methods.WhenAttachedAsync(CancellationToken.None)).ShouldBeNull();
        rig.Hub.Methods("dev1").Call("reboot", "null");
        var call = (await poll.Done)!;
        methods.Remove(poll);
        rig.Hub.Detached.ShouldBeEmpty();
        methods.Lose(call);
        await Until.TrueAsync(() => rig.Hub.Detached.Contains(("dev1", "methods")));
    }

    [Fact]
    public async Task Whoever_acknowledges_nothing_for_half_a_minute_is_cut_off()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var listener = GatewaySocket.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await caller.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        var milliseconds = new byte[sizeof(int)];
        accepted.GetRawSocketOption(6, 18, milliseconds); // TCP_USER_TIMEOUT
        BitConverter.ToInt32(milliseconds).ShouldBe(30_000);
    }

    [Fact]
    public void Azure_78_Who_loses_a_link_again_and_again_waits_longer_each_time()
    {
        var time = new Client.ManualTimeProvider();
        var guard = new StealGuard(TimeSpan.FromSeconds(1), time);
        var waits = new List<int>();
        for (int i = 0; i < 8; i++)
        {
            guard.OnStolen();
            int waited = 0;
            for (; guard.IsHeld; waited++) time.Advance(TimeSpan.FromSeconds(1));
            waits.Add(waited);
        }

        waits.ShouldBe([1, 2, 4, 8, 16, 32, 60, 60]);
        time.Advance(TimeSpan.FromMinutes(5));
        guard.OnStolen();
        guard.Streak.ShouldBe(1);
        guard.OnArrival();
        guard.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public async Task Changes_that_were_missed_are_told_as_a_whole()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        await rig.PostAsync("/api/dev1", "1");
        var listener = new DeviceStream(1);
        (await DeviceAsync(rig)).Twin.Add(listener);
        await Until.TrueAsync(() => rig.Hub.Links.ContainsKey(("dev1", "twin")) && rig.Hub.Twin("dev1").Subscriptions > 0);
        rig.Hub.Connections[0].Cut("cable");
        await Until.TrueAsync(() =>
        {
            rig.Parts.Services.Devices.Sweep();
            return listener.Events.Count > 0;
        });
        var told = await listener.Events.ReadAsync(TestContext.Current.CancellationToken);
        System.Text.Encoding.UTF8.GetString(told.Data.Span).ShouldBe("""{"whole":true,"desired":{"$version":1}}""");
    }

    private static async Task<Fairlead.Gateway.Devices.HubDevice> DeviceAsync(GatewayRig rig)
    {
        await Until.TrueAsync(() => rig.Parts.Services.Devices.Find("dev1", byPolicy: true) is not null);
        return rig.Parts.Services.Devices.Find("dev1", byPolicy: true)!;
    }

    private static async Task<FakeCloud> LinkAsync(GatewayRig rig)
    {
        await Until.TrueAsync(() => !(!rig.Hub.Links.ContainsKey(("dev1", "cloud")) || rig.Hub.Cloud("dev1").Credit == 0));
        return rig.Hub.Cloud("dev1");
    }
}
