using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.DataPlane;

/// <summary>What a whole hub and clients on its sockets show when hours pass, or when something in the hub breaks.</summary>
public sealed class ForwardHubTests
{
    private const string Everything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}""";

    [Fact]
    public async Task Messaging_58_an_end_is_told_for_thirty_minutes_and_a_session_as_long_as_it_lasts()
    {
        await using var hub = await ForwardHub.StartAsync();
        var clean = await hub.ConnectAsync("clean");
        var stored = await hub.ConnectAsync("stored", static plain => plain with { CleanStart = false, SessionExpiryInterval = 7200 });
        await clean.DisconnectAsync();
        await stored.DisconnectAsync();
        await LeftAsync(hub, "clean");
        await LeftAsync(hub, "stored");

        hub.Clock.Forward(TimeSpan.FromMinutes(29));
        foreach (var clientId in new[] { "clean", "stored" })
        {
            var (status, body) = await hub.GetAsync($"/connections/{clientId}");
            status.ShouldBe(200);
            body.GetProperty("disconnectReason").GetString().ShouldBe("CLIENT_INITIATED_DISCONNECT");
            body.TryGetProperty("disconnectedSince", out _).ShouldBeTrue();
            body.TryGetProperty("connectedSince", out _).ShouldBeFalse();
        }

        hub.Clock.Forward(TimeSpan.FromMinutes(2));
        (await hub.GetAsync("/connections/clean")).Status.ShouldBe(404);
        var later = await hub.GetAsync("/connections/stored");
        later.Status.ShouldBe(200);
        later.Body.EnumerateObject().Select(static member => member.Name).Order()
            .ShouldBe(["cleanSession", "clientId", "connected", "keepAliveDuration", "sessionExpiry"]);
        later.Body.GetProperty("sessionExpiry").GetInt64().ShouldBe(7200);

        hub.Clock.Forward(TimeSpan.FromHours(2));
        using var deadline = new CancellationTokenSource(ForwardHub.Deadline);
        while ((await hub.GetAsync("/connections/stored")).Status != 404) deadline.Token.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task Messaging_09_47_the_disconnect_interval_of_an_authorizer_ends_with_CUSTOMAUTH_TTL_EXPIRATION()
    {
        await using var hub = await ForwardHub.StartAsync();
        var secret = RandomNumberGenerator.GetBytes(32);
        await hub.PostAsync("/authorizer/jwt", new
        {
            authorizerFunctionArn = "urn:fairlead:jwt",
            signingDisabled = true,
            tokenSigningPublicKeys = new { h = "HS256:" + Convert.ToBase64String(secret) },
        });
        var claims = new { sub = "device7", policyDocuments = new[] { Everything }, disconnectAfterInSeconds = 300, refreshAfterInSeconds = 86_400 };
        var watcher = await hub.WatchAsync("device", "will/device");
        await hub.ConnectAsync("device", plain => plain with
        {
            UserName = "me?x-amz-customauthorizer-name=jwt",
            Password = Encoding.ASCII.GetBytes(Token(claims, secret)),
            Will = ForwardHub.Will("will/device", "over"),
        });

        hub.Clock.Forward(TimeSpan.FromSeconds(270));
        (await hub.GetAsync("/connections/device")).Body.GetProperty("connected").GetBoolean().ShouldBeTrue();
        hub.Clock.Forward(TimeSpan.FromSeconds(40));

        var told = await ForwardHub.EndOfAsync(watcher, "over");
        told.GetProperty("disconnectReason").GetString().ShouldBe("CUSTOMAUTH_TTL_EXPIRATION");
        told.GetProperty("clientInitiatedDisconnect").GetBoolean().ShouldBeFalse();
        told.GetProperty("principalIdentifier").GetString().ShouldBe("device7");
    }

    [Theory]
    [InlineData(ProtocolVersion.V311)]
    [InlineData(ProtocolVersion.V5)]
    public async Task Messaging_47_a_fault_in_the_hub_ends_with_SERVER_ERROR_and_the_will(ProtocolVersion version)
    {
        await using var hub = await ForwardHub.StartAsync();
        hub.Broker.AddPublishTap(new FaultyTap());
        var watcher = await hub.WatchAsync("device", "will/device");
        var device = await hub.ConnectAsync("device", plain => plain with { Version = version, Will = ForwardHub.Will("will/device", "fault") });

        await device.PublishAsync("fault", "x"u8.ToArray(), cancellationToken: TestContext.Current.CancellationToken);

        var told = await ForwardHub.EndOfAsync(watcher, "fault");
        told.GetProperty("disconnectReason").GetString().ShouldBe("SERVER_ERROR");
        told.GetProperty("clientInitiatedDisconnect").GetBoolean().ShouldBeFalse();
        // The fault is over: the hub serves whoever comes.
        await watcher.PublishAsync("will/device", "alive"u8.ToArray(), QualityOfService.AtLeastOnce, cancellationToken: TestContext.Current.CancellationToken);
        using var deadline = new CancellationTokenSource(ForwardHub.Deadline);
        Encoding.UTF8.GetString((await watcher.ReceiveAsync(deadline.Token)).Payload.Span).ShouldBe("alive");
    }

    [Fact]
    public async Task Messaging_78_rules_and_whoever_else_taps_publications_see_no_direct_message()
    {
        await using var hub = await ForwardHub.StartAsync();
        var tap = new RecordingTap();
        hub.Broker.AddPublishTap(tap);
        var device = await hub.ConnectAsync("device");
        foreach (var confirmation in new[] { "true", "false" })
        {
            var sending = hub.PostAsync($"/connections/device/messages?topic=direct&confirmation={confirmation}&timeout=15", new { });
            using var deadline = new CancellationTokenSource(ForwardHub.Deadline);
            (await device.ReceiveAsync(deadline.Token)).Topic.ShouldBe("direct");
            await sending;
        }

        await hub.PostAsync("/topics/published?qos=1", new { });
        tap.Topics.Where(static topic => topic[0] != '$').ShouldBe(["published"]);
    }

    private static async Task LeftAsync(ForwardHub hub, string clientId)
    {
        using var deadline = new CancellationTokenSource(ForwardHub.Deadline);
        while ((await hub.GetAsync($"/connections/{clientId}")).Body.GetProperty("connected").GetBoolean()) deadline.Token.ThrowIfCancellationRequested();
    }

    private static string Token(object claims, byte[] secret)
    {
        var head = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);
        var signed = $"{head}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Stands where the rules stand.</summary>
    private sealed class RecordingTap : IPublishTap
    {
        public ConcurrentQueue<string> Topics { get; } = new();

        public void OnPublish(in Publication publication) => Topics.Enqueue(Encoding.UTF8.GetString(publication.Topic));
    }

    /// <summary>A part of the hub that has a fault: one topic brings it out.</summary>
    private sealed class FaultyTap : IPublishTap
    {
        public void OnPublish(in Publication publication)
        {
            if (publication.Topic.SequenceEqual("fault"u8)) throw new InvalidOperationException("a fault in the hub, brought out by a test");
        }
    }
}
