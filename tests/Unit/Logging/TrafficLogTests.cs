using System.Net;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Security;
using Fairlead.Features;
using Fairlead.Features.Documents;
using Fairlead.Features.Console.Live;
using Fairlead.Features.Logging;
using Fairlead.Features.Logs;
using Fairlead.Features.Registry;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Unit.Broker;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Logging;

/// <summary>Entries for what cannot be brought about from outside: a ping that came too late, an authenticator that fails.</summary>
public sealed class TrafficLogTests
{
    private static readonly TransportInfo Transport = new()
    {
        Listener = "test",
        Protocol = "mqtt",
        RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 50_000),
        Abort = static _ => { },
    };

    private readonly HubScope _scope = new();
    private readonly DocumentStore _documents = new(new MemoryStore(), TimeProvider.System);
    private readonly FeatureContext _context;
    private readonly LoggingLevels _levels;
    private readonly EventLog _log;
    private readonly RefusedLog _refused = new(TimeProvider.System);
    private readonly TrafficLog _traffic;

    public TrafficLogTests()
    {
        _context = new FeatureContext(_scope, _documents, TimeProvider.System, NullLoggerFactory.Instance);
        var records = new HubRecords(_documents);
        _levels = new LoggingLevels(_documents, records);
        _log = new EventLog(_context, _levels);
        _traffic = new TrafficLog(_log, new AuthenticationLog(_log, _refused), new ThingAssociation(_scope, records), _refused);
    }

    [Fact]
    public void Messaging_88_a_ping_that_came_too_late_is_a_failure()
    {
        var subject = new AccessSubject(Principal.Anonymous, "c", Transport);
        _traffic.OnPing(subject, 1_700_000_000_123, null);
        _log.Entries.TryRead(out _).ShouldBeFalse();

        Ask("Ping");
        _traffic.OnPing(subject, 1_700_000_000_123, 1_700_000_000_128); // a success, and ERROR alone is wanted
        _traffic.OnPing(subject, 1_700_000_000_123, null);
        _log.Entries.TryRead(out var item).ShouldBeTrue();
        var entry = item.Entry!;
        (entry.EventType, entry.Status, entry.LogLevel, entry.Reason).ShouldBe(("Ping", "Failure", "ERROR", "CONNECTION_ALREADY_CLOSED"));
        (entry.RequestTimestamp, entry.ResponseTimestamp, entry.Latency).ShouldBe(("2023-11-14 22:13:20.123", null, null));
        _log.Entries.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Messaging_01_an_authenticator_that_fails_is_told_as_INTERNAL_SERVER_ERROR()
    {
        Ask("Connection.AuthNError");
        await using var broker = new MqttBroker(
            new BrokerOptions { SystemTopicInterval = TimeSpan.Zero }, new MemoryStore(), new Failing(), new OpenAuthorizer(), TimeProvider.System, NullLogger<MqttBroker>.Instance);
        broker.SetTrafficObserver(_traffic);
        broker.Start();
        var toBroker = new System.IO.Pipelines.Pipe();
        PacketWriter.Write(toBroker.Writer, new ConnectPacket { ClientId = "c" });
        await toBroker.Writer.FlushAsync(TestContext.Current.CancellationToken);
        await broker.RunConnectionAsync(new Duplex(toBroker.Reader, new System.IO.Pipelines.Pipe().Writer), Transport, TestContext.Current.CancellationToken);

        _log.Entries.TryRead(out var item).ShouldBeTrue();
        var entry = item.Entry!;
        (entry.EventType, entry.Reason, entry.AuthenticationType, entry.ClientId).ShouldBe(("Connection.AuthNError", "INTERNAL_SERVER_ERROR", null, "c"));
        (entry.SourceIp, entry.SourcePort, entry.Protocol).ShouldBe(("127.0.0.1", 50_000, "MQTT"));
    }

    private void Ask(string eventType)
    {
        var nothing = new LoggingOptions(EventLogLevel.Error, false);
        lock (_documents.Gate) _levels.Save(nothing with { Events = nothing.Events.Add(eventType, new EventLogging(EventLogLevel.Error, null)) });
    }

    private sealed record Duplex(System.IO.Pipelines.PipeReader Input, System.IO.Pipelines.PipeWriter Output) : System.IO.Pipelines.IDuplexPipe;

    private sealed class Failing : IAuthenticator
    {
        public ValueTask<AuthenticationResult> AuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("a fault in the hub, brought out by a test");
    }
}
