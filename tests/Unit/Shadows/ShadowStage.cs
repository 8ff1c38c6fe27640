using System.Text;
using System.Threading.Channels;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Security;
using Fairlead.Features;
using Fairlead.Features.Api;
using Fairlead.Features.Documents;
using Fairlead.Features.Logging;
using Fairlead.Features.Logs;
using Fairlead.Features.Shadows;
using Fairlead.Protocols.Mqtt.Packets;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Fairlead.Unit.Shadows;

/// <summary>The shadows of a broker without a port: requests are published inside the process, and every message is seen.</summary>
internal sealed class ShadowStage : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly MqttBroker _broker;
    private readonly Channel<(string Topic, string Payload)> _messages = Channel.CreateUnbounded<(string, string)>();

    public ShadowStage(Action<ShadowLimits>? configure = null, IReadOnlyList<Document>? documents = null)
    {
        var scope = new HubScope();
        configure?.Invoke(scope.Shadows);
        var context = new FeatureContext(scope, new DocumentStore(Store, Time), Time, NullLoggerFactory.Instance);
        Records = new HubRecords(context.Documents);
        Shadows = new ShadowFeature(context, Records, new EventLog(context, new LoggingLevels(context.Documents, Records)), new Everything());
        _broker = new MqttBroker(
            new BrokerOptions { SystemTopicInterval = TimeSpan.Zero }, Store, new Everything(), new Everything(), Time, NullLogger<MqttBroker>.Instance);
        context.Attach(_broker);
        Shadows.Attach(_broker);
        _broker.Start();
        context.Documents.Load(documents ?? []);
        Gate = context.Documents.Gate;
        _broker.Subscribe("$aws/things/#", OnMessage);
    }

    public HeldStore Store { get; } = new();

    public Clock Time { get; } = new();

    public HubRecords Records { get; }

    public ShadowFeature Shadows { get; }

    public Lock Gate { get; }

    /// <summary>Publishes below <c>$aws/things/</c>.</summary>
    public PublishResult Publish(string topic, string payload, PublishOrigin origin = PublishOrigin.Process, bool retain = false) =>
        Publish(topic, Encoding.UTF8.GetBytes(payload), origin, retain);

    /// <summary>Publishes bytes.</summary>
    public PublishResult Publish(string topic, byte[] payload, PublishOrigin origin = PublishOrigin.Process, bool retain = false) =>
        _broker.Publish(new PublishRequest { Topic = "$aws/things/" + topic, Payload = payload, Origin = origin, Retain = retain });

    /// <summary>The next message of the hub: topic without prefix, and payload. Requests, which are routed too, are left out.</summary>
    public async Task<(string Topic, string Payload)> NextAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return await _messages.Reader.ReadAsync(deadline.Token);
    }

    /// <summary>Publishes and reads the answer.</summary>
    public async Task<(string Topic, string Payload)> AskAsync(string topic, string payload)
    {
        Publish(topic, payload).Accepted.ShouldBeTrue();
        return await NextAsync();
    }

    /// <summary>Whether nothing came; whatever came before this request has been seen.</summary>
    public async Task QuietAsync()
    {
        Publish("quiet/shadow/get", "");
        (await NextAsync()).Topic.ShouldBe("quiet/shadow/get/rejected");
    }

    /// <summary>Passes over what is told until there is nothing more.</summary>
    public async Task QuietUntilAsync()
    {
        Publish("quiet/shadow/get", "");
        while ((await NextAsync()).Topic != "quiet/shadow/get/rejected")
        {
        }
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private void OnMessage(in Publication publication)
    {
        string topic = Encoding.UTF8.GetString(publication.Topic)["$aws/things/".Length..];
        if (!topic.EndsWith("/get", StringComparison.Ordinal) && !topic.EndsWith("/update", StringComparison.Ordinal) && !topic.EndsWith("/delete", StringComparison.Ordinal))
            _messages.Writer.TryWrite((topic, Encoding.UTF8.GetString(publication.Payload)));
    }

    /// <summary>A clock that is set.</summary>
    internal sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; } = 1_700_000_000;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(Seconds);
    }

    private sealed class Everything : IAuthenticator, IAuthorizer, IApiAuthorizer
    {
        public bool Governs(AccessSubject subject) => false;

        public ValueTask<AuthenticationResult> AuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Decision Authorize(in AccessRequest request) => new(true);

        public Decision Authorize(Caller caller, string action, string resource, IReadOnlyDictionary<string, string>? keys = null) => new(true);
    }
}
