using System.Buffers.Text;
using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Security;
using Fairlead.Features.Authorizers;
using Fairlead.Features.Functions;
using Fairlead.Features.Lifecycle;
using Fairlead.Features.Policies;
using Fairlead.Features.Tags;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Unit.Broker;
using Fairlead.Unit.Policies;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Provisioning;

/// <summary>How long connections last that a custom authorizer let in, on a clock that moves when told.</summary>
public sealed class LifetimeTests
{
    private const string Everything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}""";
    private static readonly byte[] Secret = new byte[32];

    [Fact]
    public async Task Messaging_09_disconnect_interval_ends_the_connection()
    {
        var fixture = new PolicyFixture();
        await using var hub = new AuthorizedHub(fixture);
        await hub.ConnectAsync(new { sub = "me", policyDocuments = new[] { Everything }, disconnectAfterInSeconds = 600, refreshAfterInSeconds = 300 });
        fixture.Time.Advance(TimeSpan.FromSeconds(300)); // asked again, and still let in
        fixture.Time.Advance(TimeSpan.FromSeconds(299));
        hub.Ended.Task.IsCompleted.ShouldBeFalse();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        (await hub.Ended.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).ShouldBe("CUSTOMAUTH_TTL_EXPIRATION");
    }

    [Fact]
    public async Task Refusal_at_the_refresh_interval_ends_the_connection()
    {
        var fixture = new PolicyFixture();
        await using var hub = new AuthorizedHub(fixture);
        await hub.ConnectAsync(new { sub = "me", policyDocuments = new[] { Everything }, disconnectAfterInSeconds = 3600, refreshAfterInSeconds = 300 });
        hub.Deactivate();
        fixture.Time.Advance(TimeSpan.FromSeconds(301));
        (await hub.Ended.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).ShouldBe("AUTH_ERROR");
    }

    [Fact]
    public void Replaced_documents_are_in_force_for_the_next_decision()
    {
        var fixture = new PolicyFixture();
        var principal = new DocumentPrincipal("authorizer", "me", [Everything]);
        var subject = new AccessSubject(principal, "c", new TransportInfo { Listener = "test", Protocol = "mqtt", Abort = static _ => { } });
        fixture.Authorizer.Authorize(new AccessRequest(subject, AccessAction.Publish, "a/b"u8)).Allowed.ShouldBeTrue();
        principal.Replace([Everything.Replace("Allow", "Deny", StringComparison.Ordinal)]);
        fixture.Authorizer.Authorize(new AccessRequest(subject, AccessAction.Publish, "a/b"u8)).Allowed.ShouldBeFalse();
        principal.Replace(ImmutableArray<string>.Empty);
        fixture.Authorizer.Authorize(new AccessRequest(subject, AccessAction.Publish, "a/b"u8)).Allowed.ShouldBeFalse();
    }

    /// <summary>A broker whose clients come with web tokens.</summary>
    private sealed class AuthorizedHub : IAsyncDisposable, IAuthenticator, IConnectionObserver
    {
        private readonly PolicyFixture _fixture;
        private readonly AuthorizerFeature _feature;
        private readonly FunctionCaller _functions;
        private readonly MqttBroker _broker;
        private Task _connection = Task.CompletedTask;

        public AuthorizedHub(PolicyFixture fixture)
        {
            _fixture = fixture;
            _functions = new FunctionCaller(new FunctionDirectory(fixture.Hub), fixture.Time);
            _feature = new AuthorizerFeature(fixture.Context, new TagService(fixture.Context), _functions, fixture.Policies.Check);
            _broker = new MqttBroker(
                new BrokerOptions { SystemTopicInterval = TimeSpan.Zero }, new MemoryStore(), this, fixture.Authorizer, fixture.Time, NullLogger<MqttBroker>.Instance);
            fixture.Context.Attach(_broker);
            _feature.Attach(_broker);
            _broker.AddConnectionObserver(this);
            _broker.Start();
            lock (fixture.Context.Documents.Gate)
            {
                _feature.Service.Create("jwt", new AuthorizerInputDocument(
                    Authorizer.WebToken, "jwt", new Dictionary<string, string> { ["k"] = SigningKeys.SecretPrefix + Convert.ToBase64String(Secret) }, "ACTIVE", true, null, null));
            }
        }

        /// <summary>Why the connection ended, in the word of lifecycle events.</summary>
        public TaskCompletionSource<string> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Deactivate()
        {
            lock (_fixture.Context.Documents.Gate)
                _feature.Service.Update("jwt", new AuthorizerInputDocument(null, null, null, "INACTIVE", null, null, null));
        }

        public async Task ConnectAsync(object claims)
        {
            var toBroker = new Pipe();
            var toClient = new Pipe();
            _connection = _broker.RunConnectionAsync(
                new Duplex(toBroker.Reader, toClient.Writer),
                new TransportInfo { Listener = "test", Protocol = "mqtt", Abort = reason => toBroker.Writer.Complete(new IOException(reason)) },
                CancellationToken.None);
            var client = new PipeClient(toClient.Reader, toBroker.Writer);
            await client.SendAsync(output => PacketWriter.Write(output, new ConnectPacket
            {
                Version = ProtocolVersion.V5,
                ClientId = "me",
                CleanStart = true,
                KeepAlive = 0,
                UserName = $"me?x-amz-customauthorizer-name=jwt&jwt={Token(claims)}",
            }));
            var answer = await client.ReadAsync();
            answer.Header.Type.ShouldBe(PacketType.ConnAck);
            answer.Body[1].ShouldBe((byte)0);
        }

        public async ValueTask<AuthenticationResult> AuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken) =>
            await _feature.Connect.TryAuthenticateAsync(connect, transport, cancellationToken) ?? AuthenticationResult.Refuse(ReasonCode.NotAuthorized, "nobody");

        public void OnConnected(in ConnectionEvent connection)
        {
        }

        public void OnConnectRefused(in ConnectionEvent connection, string stage, ReasonCode code, string reason)
        {
        }

        public void OnDisconnected(in ConnectionEvent connection, in DisconnectCause cause) => Ended.TrySetResult(DisconnectReasons.Of(connection, cause));

        public void OnSubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
        {
        }

        public void OnUnsubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
        {
        }

        public async ValueTask DisposeAsync()
        {
            await _broker.DisposeAsync();
            await _connection;
            _functions.Dispose();
        }

        private static string Token(object claims)
        {
            var signed = $"{Base64Url.EncodeToString("""{"alg":"HS256"}"""u8)}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
            return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Secret, Encoding.ASCII.GetBytes(signed)))}";
        }

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
