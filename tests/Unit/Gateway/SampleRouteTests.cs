using System.Text;
using Fairlead.Gateway.Upstream;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Gateway;

/// <summary>The route of the sample gateway (spec section 1, checklist 1 to 9 and 12 to 14).</summary>
public sealed class SampleRouteTests
{
    [Fact]
    public async Task Azure_1_A_post_with_a_token_is_one_message_with_the_samples_content_type()
    {
        await using var rig = new GatewayRig();
        var answer = await rig.PostAsync("/api/dev1", """{ "t" : 21 }""", GatewayRig.Token("dev1"));
        (answer.Status, answer.Body).ShouldBe((200, ""));
        var (device, message) = rig.Hub.Messages.ShouldHaveSingleItem();
        (device, message.ContentType, message.ContentEncoding).ShouldBe(("dev1", "application/json", "utf-8"));
        Encoding.UTF8.GetString(message.Body.Span).ShouldBe("""{ "t" : 21 }""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData(" null\n")]
    public async Task Azure_2_A_body_that_is_missing_is_told_in_the_samples_words(string body)
    {
        await using var rig = new GatewayRig();
        var answer = await rig.PostAsync("/api/dev1", body, GatewayRig.Token("dev1"));
        (answer.Status, answer.Body).ShouldBe((400, """{"error":"Missing payload"}"""));
        rig.Hub.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Azure_2_A_missing_device_id_is_told_in_the_samples_words()
    {
        await using var rig = new GatewayRig();
        (await rig.PostAsync("/api/", "{}")).Body.ShouldBe("""{"error":"Missing deviceId"}""");
        (await rig.PostAsync("/api", "{}")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Azure_3_Without_a_token_policy_mode_decides()
    {
        await using var off = new GatewayRig();
        var refused = await off.PostAsync("/api/dev1", "{}");
        (refused.Status, refused.Body).ShouldBe((400, """{"error":"Shared access is not enabled"}"""));

        await using var on = new GatewayRig(GatewayRig.Policy);
        (await on.PostAsync("/api/dev1", "{}")).Status.ShouldBe(200);
        var (audience, token) = on.Hub.Tokens.ShouldHaveSingleItem();
        audience.ShouldBe(GatewayRig.Host);
        token.ShouldEndWith("&skn=device");
    }

    [Fact]
    public async Task Azure_4_With_a_token_it_is_the_token_that_reaches_the_hub_even_in_policy_mode()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        string token = GatewayRig.Token("dev1");
        (await rig.PostAsync("/api/dev1", "{}", token)).Status.ShouldBe(200);
        rig.Hub.Tokens.ShouldContain((GatewayRig.Host + "/devices/dev1", token));
    }

    [Theory]
    [InlineData("SharedAccessSignature sr=h%2Fdevices%2Fd&se=1900000000&sig=abc", 1_900_000_000)]
    [InlineData("SharedAccessSignature sr=h%2Fdevices%2Fd&sig=abc&se=1900000000&skn=device", 1_900_000_000)]
    [InlineData("SharedAccessSignature sig=abc&se=4102444800&sr=h", 4_102_444_800)]
    [InlineData("sharedaccesssignature sr=h&sig=abc&se=99999999999", 99_999_999_999)]
    public void Azure_5_The_expiry_is_found_wherever_it_stands_and_has_64_bits(string text, long expiry)
    {
        SasToken.TryParse(text, out var token, out _).ShouldBeTrue();
        token.Expiry.ShouldBe(expiry);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer x")]
    [InlineData("SharedAccessSignature ")]
    [InlineData("SharedAccessSignature sr=h&sig=x")]
    [InlineData("SharedAccessSignature sr=h&sig=x&se=soon")]
    [InlineData("SharedAccessSignature sr=h&sig=x&se=-5")]
    [InlineData("SharedAccessSignature sr=h&sig=x&se=99999999999999999999999")]
    public void Azure_5_What_is_no_token_is_not_taken_for_one(string text) => SasToken.TryParse(text, out _, out _).ShouldBeFalse();

    [Fact]
    public void Azure_5_Tokens_are_signed_as_hubs_verify_them() =>
        SasToken.Make("hub.example.net/devices/dev1", GatewayRig.Key, null, DateTimeOffset.FromUnixTimeSeconds(1_900_000_000))
            .ShouldBe("SharedAccessSignature sr=hub.example.net%2Fdevices%2Fdev1&sig=z24jB5n1zf%2B6yV9dwizX6gaI3EFGOCYPQJDcUXNQjro%3D&se=1900000000");

    [Fact]
    public async Task Azure_6_Another_token_does_not_ride_on_a_devices_connection()
    {
        await using var rig = new GatewayRig();
        string good = GatewayRig.Token("dev1");
        rig.Hub.OnToken = (_, token) => token == good ? null : HubFault.FromStatus(401, "bad signature");
        (await rig.PostAsync("/api/dev1", "{}", good)).Status.ShouldBe(200);
        (await rig.PostAsync("/api/dev1", "{}", good[..^20] + "AAAA&se=1900000000")).Status.ShouldBe(401);
        (await rig.PostAsync("/api/dev1", "{}", "garbage")).Status.ShouldBe(401);
        (await rig.PostAsync("/api/dev1", "{}", good)).Status.ShouldBe(200);
        rig.Hub.Messages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Azure_7_A_token_of_another_device_is_refused_without_asking()
    {
        await using var rig = new GatewayRig();
        (await rig.PostAsync("/api/dev1", "{}", GatewayRig.Token("dev1"))).Status.ShouldBe(200);
        int asked = rig.Hub.Tokens.Count;
        (await rig.PostAsync("/api/dev1", "{}", GatewayRig.Token("dev2"))).Status.ShouldBe(401);
        (await rig.PostAsync("/api/dev1", "{}", GatewayRig.Token("dev"))).Status.ShouldBe(401);
        (await rig.PostAsync("/api/dev1", "{}", GatewayRig.Token("dev1", expiry: 1_000_000_000))).Status.ShouldBe(401);
        rig.Hub.Tokens.Count.ShouldBe(asked);
        rig.Hub.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Azure_8_Two_hundred_first_posts_put_one_token_and_attach_one_link()
    {
        await using var rig = new GatewayRig(static settings => settings["DeviceQueue"] = "200");
        string token = GatewayRig.Token("dev1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Task.Run(() => rig.PostAsync("/api/dev1", $"{n}", token))));
        answers.ShouldAllBe(answer => answer.Status == 200);
        rig.Hub.Tokens.Count.ShouldBe(1);
        rig.Hub.Attached.ShouldBe([("dev1", "telemetry")]);
        rig.Hub.Messages.Count.ShouldBe(200);
    }

    [Fact]
    public async Task Azure_9_A_device_that_is_idle_is_detached_and_others_stay()
    {
        var time = new Client.ManualTimeProvider();
        await using var rig = new GatewayRig(GatewayRig.Policy, time);
        (await rig.PostAsync("/api/dev1", "{}")).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromMinutes(40));
        (await rig.PostAsync("/api/dev2", "{}")).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromMinutes(21));
        rig.Parts.Services.Devices.Sweep();
        rig.Hub.Detached.ShouldBe([("dev1", "telemetry")]);
        rig.Parts.Services.Devices.Count.ShouldBe(1);
        rig.Parts.Read().Pools.Sum(pool => pool.Devices).ShouldBe(1);
    }

    [Fact]
    public async Task Azure_9_A_device_goes_with_its_token()
    {
        var time = new Client.ManualTimeProvider();
        await using var rig = new GatewayRig(time: time);
        long expiry = time.GetUtcNow().ToUnixTimeSeconds() + 60;
        (await rig.PostAsync("/api/dev1", "{}", GatewayRig.Token("dev1", expiry))).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromSeconds(359));
        rig.Parts.Services.Devices.Sweep();
        rig.Hub.Detached.ShouldBeEmpty();
        time.Advance(TimeSpan.FromSeconds(2));
        rig.Parts.Services.Devices.Sweep();
        rig.Hub.Detached.ShouldBe([("dev1", "telemetry")]);
    }

    [Fact]
    public async Task Azure_12_Nothing_that_is_logged_holds_a_payload_a_key_or_a_signature()
    {
        await using var rig = new GatewayRig(GatewayRig.Policy);
        string token = GatewayRig.Token("dev1");
        rig.Hub.OnToken = (audience, given) => given.Contains("dev2", StringComparison.Ordinal) ? HubFault.FromStatus(401, "no") : null;
        await rig.PostAsync("/api/dev1", "\"secret-payload\"", token);
        await rig.PostAsync("/api/dev2", "\"secret-payload\"", GatewayRig.Token("dev2"));
        await rig.PostAsync("/api/dev3", "\"secret-payload\"");
        foreach (var connection in rig.Hub.Connections) connection.Cut("cable");
        string log = rig.Log.All;
        log.ShouldContain("dev2");
        log.ShouldNotContain("secret-payload");
        log.ShouldNotContain("sig=");
        log.ShouldNotContain(Convert.ToBase64String(GatewayRig.Key));
        rig.Options.ToString().ShouldNotContain(Convert.ToBase64String(GatewayRig.Key));
    }

    [Fact]
    public async Task Azure_13_The_raw_route_passes_bytes_type_and_properties_on()
    {
        await using var rig = new GatewayRig();
        var body = new byte[200_000];
        new Random(5).NextBytes(body);
        var answer = await rig.SendAsync("POST", "/api/dev1/messages/events", body, GatewayRig.Token("dev1"), "image/png", [("iothub-app-colour", "red"), ("iothub-messageid", "m1"), ("iothub-correlationid", "c1")], aborted: TestContext.Current.CancellationToken);
        answer.Status.ShouldBe(204);
        var message = rig.Hub.Messages.ShouldHaveSingleItem().Message;
        message.Body.ToArray().ShouldBe(body);
        (message.ContentType, message.MessageId, message.CorrelationId).ShouldBe(("image/png", "m1", "c1"));
        message.Properties.ShouldHaveSingleItem().ShouldBe(new("colour", "red"));
    }

    [Fact]
    public async Task Azure_14_A_body_over_the_limit_is_refused_and_the_next_one_served()
    {
        await using var rig = new GatewayRig();
        string token = GatewayRig.Token("dev1");
        (await rig.SendAsync("POST", "/api/dev1", new byte[262_145], token, aborted: TestContext.Current.CancellationToken)).Status.ShouldBe(413);
        (await rig.PostAsync("/api/dev1", "1", token)).Status.ShouldBe(200);
    }
}
