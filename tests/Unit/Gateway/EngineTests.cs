using Fairlead.Gateway.Upstream;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Gateway;

/// <summary>Pools, order, bounds and breakers (spec sections 9.3 and 9.4, checklist 11, 77, 79 to 81).</summary>
public sealed class EngineTests
{
    [Fact]
    public async Task Azure_11_Connections_are_filled_one_after_the_other()
    {
        await using var rig = new GatewayRig(settings =>
        {
            GatewayRig.Policy(settings);
            settings["IdentitiesPerConnection"] = "90";
        });
        for (int i = 0; i < 200; i++) (await rig.PostAsync($"/api/d{i}", "1")).Status.ShouldBe(200);
        rig.Hub.Dials.ShouldBe(3);
        rig.Parts.Read().Pools.Where(pool => pool.Kind == "policy").Select(pool => pool.Devices).ShouldBe([90, 90, 20]);
    }

    [Fact]
    public async Task Azure_11_A_spare_connection_is_ready_before_the_last_one_is_full()
    {
        await using var rig = new GatewayRig(settings =>
        {
            GatewayRig.Policy(settings);
            settings["IdentitiesPerConnection"] = "20";
        });
        for (int i = 0; i < 19; i++) await rig.PostAsync($"/api/d{i}", "1");
        rig.Hub.Dials.ShouldBe(1);
        await rig.PostAsync("/api/d19", "1");
        rig.Hub.Dials.ShouldBe(2);
    }

    [Fact]
    public async Task Azure_11_A_full_pool_is_told_and_a_place_that_is_free_again_is_used()
    {
        var time = new Client.ManualTimeProvider();
        await using var rig = new GatewayRig(
            settings =>
            {
                GatewayRig.Policy(settings);
                settings["IdentitiesPerConnection"] = "1";
                settings["MaxPoolSize"] = "1";
            },
            time);
        (await rig.PostAsync("/api/d1", "1")).Status.ShouldBe(200);
        (await rig.PostAsync("/api/d2", "1")).Status.ShouldBe(503);
        time.Advance(TimeSpan.FromMinutes(61));
        rig.Parts.Services.Devices.Sweep();
        (await rig.PostAsync("/api/d2", "1")).Status.ShouldBe(200);
        rig.Hub.Dials.ShouldBe(1);
    }

    [Fact]
    public async Task Azure_11_Two_thousand_devices_need_three_connections_and_the_hundred_that_stay_no_new_ones()
    {
        const int Devices = 2000, Staying = 100;
        var time = new ManualClock();
        await using var rig = new GatewayRig(time: time);
        await PostAllAsync(Enumerable.Range(0, Devices));
        rig.Hub.Dials.ShouldBe(3);
        Counts().ShouldBe([900, 900, 200]);
        var staying = Enumerable.Range(0, Staying).Select(static n => n * Devices / Staying).ToArray();
        time.Advance(TimeSpan.FromMinutes(40));
        await PostAllAsync(staying);
        time.Advance(TimeSpan.FromMinutes(40));
        await Until.TrueAsync(() => rig.Hub.Detached.Count == Devices - Staying);
        Counts().ShouldBe([45, 45, 10]);

        // Nobody is moved from one connection to another, and whoever comes takes the first place that is free.
        await PostAllAsync(staying);
        await PostAllAsync([Devices]);
        Counts().ShouldBe([46, 45, 10]);
        rig.Hub.Dials.ShouldBe(3);
        rig.Hub.Attached.Count.ShouldBe(Devices + 1);

        int[] Counts() => [.. rig.Parts.Read().Pools.Select(static pool => pool.Devices)];

        async Task PostAllAsync(IEnumerable<int> devices)
        {
            foreach (int n in devices)
            {
                time.Advance(TimeSpan.FromMilliseconds(1)); // devices come at a limited rate
                (await rig.PostAsync($"/api/d{n}", "1", GatewayRig.Token($"d{n}"))).Status.ShouldBe(200);
            }
        }
    }

    [Theory]
    [InlineData("amqp:link:message-size-exceeded", null, 413, false)]
    [InlineData("com.microsoft:device-container-throttled", null, 429, true)]
    [InlineData("amqp:resource-limit-exceeded", null, 403, false)]
    [InlineData("amqp:unauthorized-access", null, 401, false)]
    [InlineData("amqp:not-found", """{"errorCode":404001,"trackingId":"t1","message":"no such device"}""", 404, false)]
    [InlineData("amqp:internal-error", null, 503, true)]
    [InlineData("amqp:internal-error", """{"errorCode":429001,"message":"slow"}""", 429, true)]
    public async Task What_the_hub_says_becomes_a_status(string condition, string? description, int status, bool retry)
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        rig.Hub.OnMessage = _ => HubFault.From(condition, description);
        var answer = await rig.PostAsync("/api/dev1", "1");
        answer.Status.ShouldBe(status);
        answer.Headers.ContainsKey("Retry-After").ShouldBe(retry);
        answer.Headers.ContentType.ToString().ShouldBe("application/problem+json");
        if (description?.Contains("trackingId", StringComparison.Ordinal) == true)
            (answer.Json.GetProperty("trackingId").GetString(), answer.Json.GetProperty("errorCode").GetInt32()).ShouldBe(("t1", 404001));
    }

    [Fact]
    public async Task Without_settlement_in_time_the_outcome_is_unknown()
    {
        var time = new Client.ManualTimeProvider();
        await using var rig = new GatewayRig(GatewayRig.Policy, time);
        rig.Hub.HoldOutcomes = true;
        var post = rig.PostAsync("/api/dev1", "1");
        await Until.TrueAsync(() => !rig.Hub.Messages.IsEmpty);
        time.Advance(TimeSpan.FromSeconds(11));
        var answer = await post;
        answer.Status.ShouldBe(504);
        answer.Json.GetProperty("outcomeUnknown").GetBoolean().ShouldBeTrue();
        answer.Headers.RetryAfter.ToString().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Messages_of_a_device_leave_in_order_whatever_the_credit()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        await rig.PostAsync("/api/dev1", "0");
        var link = rig.Hub.Telemetry("dev1");
        link.Credit = 0;
        var posts = Enumerable.Range(1, 20).Select(n => rig.PostAsync("/api/dev1", $"{n}")).ToArray();
        for (int i = 0; i < 20; i++) link.Give(1);
        await Task.WhenAll(posts);
        rig.Hub.Messages.Select(sent => int.Parse(System.Text.Encoding.UTF8.GetString(sent.Message.Body.Span))).ShouldBe(Enumerable.Range(0, 21));
    }

    [Fact]
    public async Task A_queue_that_is_full_and_a_hub_without_credit_are_429()
    {
        var time = new Client.ManualTimeProvider();
        await using var rig = new GatewayRig(
            settings =>
            {
                GatewayRig.Policy(settings);
                settings["DeviceQueue"] = "2";
            },
            time);
        await rig.PostAsync("/api/dev1", "0");
        rig.Hub.Telemetry("dev1").Credit = 0;
        var waiting = new[] { rig.PostAsync("/api/dev1", "1"), rig.PostAsync("/api/dev1", "2") };
        (await rig.PostAsync("/api/dev1", "3")).Status.ShouldBe(429);
        time.Advance(TimeSpan.FromSeconds(11));
        (await Task.WhenAll(waiting)).ShouldAllBe(answer => answer.Status == 429);
    }

    [Fact]
    public async Task Rates_of_devices_and_addresses_are_limited()
    {
        await using var rig = new GatewayRig(settings =>
        {
            GatewayRig.Policy(settings);
            settings["DeviceRateLimit"] = "2";
        });
        var statuses = new List<int>();
        for (int i = 0; i < 6; i++) statuses.Add((await rig.PostAsync("/api/dev1", "1")).Status);
        statuses.ShouldBe([200, 200, 200, 200, 429, 429]);
        (await rig.PostAsync("/api/dev2", "1")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Azure_77_A_cut_is_told_and_acknowledged_messages_are_not_sent_twice()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        await rig.PostAsync("/api/dev1", "1");
        rig.Hub.HoldOutcomes = true;
        var plain = rig.PostAsync("/api/dev1", "2");
        var keyed = rig.PostAsync("/api/dev1", "3", null, ("Idempotency-Key", "k3"));
        rig.Hub.HoldOutcomes = false;
        rig.Hub.Connections[0].Cut("cable");
        var lost = await plain;
        (lost.Status, lost.Json.GetProperty("outcomeUnknown").GetBoolean()).ShouldBe((503, true));
        (await keyed).Status.ShouldBe(200);
        rig.Hub.Messages.Select(sent => sent.Message.MessageId).ShouldBe([null, null, "k3", "k3"]);
    }

    [Fact]
    public async Task Azure_77_While_the_hub_cannot_be_reached_requests_are_answered_at_once()
    {
        await using var rig = new GatewayRig(settings =>
        {
            GatewayRig.Policy(settings);
            settings["ReconnectMax"] = "3600";
            settings["ReconnectInit"] = "3600";
        });
        await rig.PostAsync("/api/dev1", "1");
        rig.Hub.OnDial = static () => HubFault.NoConnection("no route");
        rig.Hub.Connections[0].Cut("cable");
        await Until.TrueAsync(() => rig.Parts.Read().Live == 0);
        var answer = await rig.PostAsync("/api/dev1", "1");
        answer.Status.ShouldBe(503);
        answer.Headers.RetryAfter.ToString().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Azure_77_Devices_come_back_at_the_configured_rate()
    {
        var time = new Client.ManualTimeProvider();
        var pacer = new Pacer(50, time);
        int passed = 0;
        for (int i = 0; i < 900; i++) _ = pacer.WaitAsync(CancellationToken.None).AsTask().ContinueWith(_ => Interlocked.Increment(ref passed), TaskContinuationOptions.ExecuteSynchronously);
        passed.ShouldBe(20);
        for (int second = 0; second < 10; second++) time.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync(() => Volatile.Read(ref passed) >= 519);
        passed.ShouldBeLessThanOrEqualTo(521);
    }

    [Fact]
    public async Task Azure_79_A_key_that_comes_again_makes_no_second_message()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => rig.PostAsync("/api/dev1", "1", null, ("Idempotency-Key", "k1"))));
        answers.ShouldAllBe(answer => answer.Status == 200);
        rig.Hub.Messages.ShouldHaveSingleItem().Message.MessageId.ShouldBe("k1");
        (await rig.PostAsync("/api/dev1", "2", null, ("Idempotency-Key", "k1"))).Status.ShouldBe(400);
        (await rig.PostAsync("/api/dev2", "1", null, ("Idempotency-Key", "k1"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Azure_79_After_an_unknown_outcome_the_same_message_id_goes_out_again()
    {
        var time = new Client.ManualTimeProvider();
        await using var rig = new GatewayRig(GatewayRig.Policy, time);
        rig.Hub.HoldOutcomes = true;
        var post = rig.PostAsync("/api/dev1", "1", null, ("Idempotency-Key", "k1"));
        await Until.TrueAsync(() => !rig.Hub.Messages.IsEmpty);
        time.Advance(TimeSpan.FromSeconds(11));
        (await post).Status.ShouldBe(504);
        rig.Hub.HoldOutcomes = false;
        (await rig.PostAsync("/api/dev1", "1", null, ("Idempotency-Key", "k1"))).Status.ShouldBe(200);
        rig.Hub.Messages.Select(sent => sent.Message.MessageId).ShouldBe(["k1", "k1"]);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    public async Task Azure_80_After_three_refusals_the_hub_is_not_asked_about_a_token_for_a_while(int status)
    {
        var time = new Client.ManualTimeProvider();
        await using var rig = new GatewayRig(time: time);
        rig.Hub.OnToken = (audience, _) => audience.EndsWith("bad", StringComparison.Ordinal) ? HubFault.FromStatus(status, "no") : null;
        string token = GatewayRig.Token("bad", 1_999_999_999);
        for (int i = 0; i < 6; i++) (await rig.PostAsync("/api/bad", "1", token)).Status.ShouldBe(status);
        rig.Hub.Tokens.Count.ShouldBe(3);
        (await rig.PostAsync("/api/good", "1", GatewayRig.Token("good", 1_999_999_999))).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromSeconds(31));
        (await rig.PostAsync("/api/bad", "1", token)).Status.ShouldBe(status);
        rig.Hub.Tokens.Count.ShouldBe(5);
        rig.Parts.Services.Devices.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_newer_token_is_put_and_links_stay()
    {
        await using var rig = new GatewayRig();
        string older = GatewayRig.Token("dev1", 1_900_000_000), newer = GatewayRig.Token("dev1", 1_900_001_000);
        await rig.PostAsync("/api/dev1", "1", older);
        await rig.PostAsync("/api/dev1", "1", newer);
        await rig.PostAsync("/api/dev1", "1", older);
        rig.Hub.Tokens.Select(put => put.Token).ShouldBe([older, newer]);
        rig.Hub.Attached.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_tokens_that_differ_are_refused_and_either_header_serves()
    {
        await using var rig = new GatewayRig();
        string token = GatewayRig.Token("dev1");
        (await rig.PostAsync("/api/dev1", "1", null, ("Authorization", token))).Status.ShouldBe(200);
        (await rig.PostAsync("/api/dev1", "1", token, ("Authorization", token))).Status.ShouldBe(200);
        (await rig.PostAsync("/api/dev1", "1", token, ("Authorization", GatewayRig.Token("dev1", 1_900_000_001)))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Policy_mode_can_ask_for_a_key()
    {
        await using var rig = new GatewayRig(settings =>
        {
            GatewayRig.Policy(settings);
            settings["ApiKey"] = "0123456789abcdef";
        });
        (await rig.PostAsync("/api/dev1", "1")).Status.ShouldBe(401);
        (await rig.PostAsync("/api/dev1", "1", null, ("X-Api-Key", "0123456789abcdee"))).Status.ShouldBe(401);
        (await rig.PostAsync("/api/dev1", "1", null, ("X-Api-Key", "0123456789abcdef"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Azure_81_Ready_follows_the_connection_and_the_end()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        await rig.PostAsync("/api/dev1", "1");
        (await rig.SendAsync("GET", "/health/ready", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/health/live", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(200);
        await rig.Parts.Services.State.DrainAsync(CancellationToken.None);
        (await rig.SendAsync("GET", "/health/ready", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(503);
        (await rig.PostAsync("/api/dev1", "1")).Status.ShouldBe(503);
    }

    [Fact]
    public async Task Azure_81_Without_a_hub_it_is_not_ready()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        rig.Hub.OnDial = static () => HubFault.NoConnection("no route");
        foreach (var connection in rig.Hub.Connections.ToArray()) connection.Cut("cable");
        await Until.TrueAsync(() => rig.Parts.Read().Live == 0);
        (await rig.SendAsync("GET", "/health/ready", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(503);
        (await rig.SendAsync("GET", "/health/live", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Azure_82_Every_series_is_there()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        await rig.PostAsync("/api/dev1", "1");
        string text = (await rig.SendAsync("GET", "/metrics", [], aborted: TestContext.Current.CancellationToken)).Body;
        foreach (string series in (string[])[
            "gateway_connections{auth=\"policy\"} 1", "gateway_connection_identities{auth=\"policy\",connection=\"1\"} 1", "gateway_sends_total{outcome=\"accepted\"} 1",
            "gateway_settle_seconds_count 1", "gateway_queue_messages 0", "gateway_reconnects_total 0", "gateway_token_renewals_total{result=\"accepted\"} 0",
            "gateway_links{kind=\"telemetry\"} 1", "gateway_links{kind=\"methods\"} 0", "gateway_unsettled{direction=\"out\"} 0", "gateway_unsettled{direction=\"in\"} 0",
            "gateway_credit{direction=\"in\"} 0", "gateway_cloud_messages_total 0", "gateway_cloud_settled_total{outcome=\"abandon\"} 0", "gateway_method_seconds_count 0"])
            text.ShouldContain(series);
        text.ShouldNotContain("dev1");
    }

    [Fact]
    public async Task Azure_82_Links_credit_and_what_is_not_settled_are_counted()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        rig.Hub.HoldOutcomes = true;
        var posts = Enumerable.Range(0, 3).Select(n => rig.PostAsync($"/api/dev{n}", "1")).ToArray();
        await Until.TrueAsync(() => rig.Hub.Messages.Count == 3 && rig.Parts.Read().Unsettled == 3);
        rig.Hub.Telemetry("dev0").Credit = 40;
        rig.Hub.Telemetry("dev1").Credit = 2;
        rig.Hub.Telemetry("dev2").Credit = 0;
        var device = rig.Parts.Services.Devices.Find("dev0", byPolicy: true)!;
        device.Cloud.Add(new Fairlead.Gateway.Cloud.DeviceStream(7));
        await Until.TrueAsync(() => rig.Parts.Read().CreditIn == 7);
        rig.Hub.Cloud("dev0").Deliver("1");
        var figures = rig.Parts.Read();
        (figures.Links, figures.CreditOut, figures.CreditIn, figures.Locked).ShouldBe((new Fairlead.Gateway.Health.LinkFigures(3, 1, 0, 0), 42, 6, 1));
        for (int n = 0; n < 3; n++) rig.Hub.Telemetry($"dev{n}").Settle();
        await Task.WhenAll(posts);
        rig.Parts.Read().Unsettled.ShouldBe(0);
    }

    [Fact]
    public async Task A_batch_has_an_outcome_for_each_message()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        rig.Hub.OnMessage = static message => message.Body.Span.SequenceEqual("2"u8) ? HubFault.From("com.microsoft:device-container-throttled", null) : null;
        var mixed = await rig.PostAsync("/api/dev1/messages/events/batch", """[1,2,{"body":{"a":1},"properties":{"k":"v","iothub-messageid":"m3"}}]""");
        mixed.Status.ShouldBe(207);
        mixed.Json.GetProperty("accepted").GetInt32().ShouldBe(2);
        mixed.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("status").GetInt32()).ShouldBe([204, 429, 204]);
        var last = rig.Hub.Messages.Last().Message;
        (System.Text.Encoding.UTF8.GetString(last.Body.Span), last.MessageId, last.Properties[0].Value).ShouldBe(("""{"a":1}""", "m3", "v"));
        (await rig.SendAsync("POST", "/api/dev1/messages/events/batch", "4\n5\n"u8.ToArray(), contentType: "application/x-ndjson", aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(200);
        var hub = await rig.SendAsync("POST", "/api/dev1/messages/events/batch", """[{"body":"AAEC","properties":{"iothub-app-x":"y"}}]"""u8.ToArray(), contentType: "application/vnd.microsoft.iothub.json", aborted: TestContext.Current.CancellationToken);
        hub.Status.ShouldBe(200);
        rig.Hub.Messages.Last().Message.Body.ToArray().ShouldBe([0, 1, 2]);
        (await rig.PostAsync("/api/dev1/messages/events/batch", "{}")).Status.ShouldBe(400);
        (await rig.PostAsync("/api/dev1/messages/events/batch", "[1,")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task What_is_not_there_is_told()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        (await rig.SendAsync("GET", "/api/dev1/nothing", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(404);
        (await rig.SendAsync("PUT", "/api/dev1", [], aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(405);
        (await rig.PostAsync("/api/dev%201", "1")).Status.ShouldBe(400);
        (await rig.PostAsync("/api/dev%231", "1")).Status.ShouldBe(200);
        rig.Hub.Messages.ShouldHaveSingleItem().Device.ShouldBe("dev#1");
        (await rig.SendAsync("GET", "/openapi.json", [], aborted: TestContext.Current.CancellationToken)).Json.GetProperty("paths").GetProperty("/api/{deviceId}").TryGetProperty("post", out _).ShouldBeTrue();
    }
}
