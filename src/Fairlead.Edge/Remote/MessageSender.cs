using System.Collections.Concurrent;
using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Local;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Spool;
using Fairlead.Edge.Topics;
using Fairlead.Edge.Twin;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Remote;

/// <summary>
/// Brings what the spool holds to the remote endpoint over one connection: in order, as many at a time as the window allows, as fast as the
/// pace allows; a record goes only after its acknowledgment (spec section 8.2, rule 0).
/// </summary>
internal sealed class MessageSender
{
    private static readonly TimeSpan BeforeAgain = TimeSpan.FromSeconds(1);

    private readonly RemoteLink _link;
    private readonly LinkServices _services;
    private readonly MqttClient _client;
    private readonly LinkDialect _dialect;
    private readonly StallWatch _stall;
    private readonly ErrorNotice _notice;
    private readonly ConcurrentDictionary<long, SpooledMessage> _commands = new();
    private readonly SendWindow _open = new(int.MaxValue);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _requestTurn = new(1);
    private volatile bool _isIdle;

    /// <summary>Makes a sender for one connection.</summary>
    public MessageSender(RemoteLink link, LinkServices services, MqttClient client, LinkDialect dialect, StallWatch stall)
    {
        _link = link;
        _services = services;
        _client = client;
        _dialect = dialect;
        _stall = stall;
        _notice = new ErrorNotice(link, services);
    }

    /// <summary>Takes nothing more.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Waits until no publication of this connection is awaited any more.</summary>
    public Task WhenIdleAsync() => _open.WhenEmptyAsync(CancellationToken.None);

    /// <summary>Sends until the connection ends.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        while (!either.IsCancellationRequested)
        {
            if (_link.Cursor.TryTake(out var message))
            {
                _isIdle = false;
                await SendAsync(message, either.Token);
                continue;
            }

            if (!_isIdle)
            {
                _isIdle = true;
                TellDrained();
            }

            await _link.Cursor.WaitAsync(either.Token);
        }
    }

    /// <summary>Sends what the twin asks for besides commands: requests for state, repetitions.</summary>
    public async Task SendRequestsAsync(ITwin twin, CancellationToken cancellationToken)
    {
        while (await twin.Requests.WaitToReadAsync(cancellationToken)) await PublishRequestsAsync(twin, cancellationToken);
    }

    /// <summary>Twin commands that are done.</summary>
    public void Finish(IReadOnlyList<long> records)
    {
        foreach (long record in records)
        {
            if (!_commands.TryRemove(record, out var message)) continue;
            _link.Cursor.Acknowledge(message);
            _services.Metrics.Count("out", "shadow", "sent");
        }

        if (records.Count > 0) TellDrained();
    }

    /// <summary>The connection is over: what was under way will be taken again, and a message that costs every connection is put aside.</summary>
    public void OnEnded(bool lost)
    {
        if (_link.Cursor.Rewind(lost) is { } poison) _notice.OnDeadLetter(poison, new SendRefusal("poison", 400, "the connection was lost each time that it was sent"));
    }

    private async Task SendAsync(SpooledMessage message, CancellationToken cancellationToken)
    {
        if (message.Class == MessageClass.Shadow && _link.Twin is { } twin)
        {
            await twin.WaitForRoomAsync(cancellationToken);
            _commands[message.Sequence] = message;
            _link.Execute(twin.Send(message.Sequence, message.Payload));
            await PublishRequestsAsync(twin, cancellationToken); // before anything that arrived later
            return;
        }

        if (ToRemote(message) is not { } remote)
        {
            _link.Cursor.Acknowledge(message); // a mapping that is gone
            _services.Metrics.Count("out", LocalIntake.NameOf(message.Class), "unknown");
            return;
        }

        if (RemoteTopicRules.FindFault(_link.Options, remote.Topic, message.Payload.Length) is { } fault)
        {
            _link.Cursor.Refuse(message, fault.Reason == "size" ? DeadLetterReason.Size : DeadLetterReason.Topic, fault.Text);
            _notice.OnDeadLetter(message, fault);
            return;
        }

        await WaitForTurnAsync(remote.Topic.Length + message.Payload.Length, cancellationToken);
        _open.Enter();
        _ = FollowAsync(message, remote, cancellationToken);
    }

    /// <summary>Publishes all requests that are ready. They keep their order, whoever gets to publish them.</summary>
    private async Task PublishRequestsAsync(ITwin twin, CancellationToken cancellationToken)
    {
        await _requestTurn.WaitAsync(cancellationToken);
        try
        {
            while (twin.Requests.TryRead(out var request)) await PublishAsync(request, cancellationToken);
        }
        finally
        {
            _requestTurn.Release();
        }
    }

    /// <summary>No twin command waits in the spool or is under way: the twin wants to know.</summary>
    private void TellDrained()
    {
        if (_isIdle && _commands.IsEmpty && _link.Twin is { } twin) _link.Execute(twin.OnDrained());
    }

    private RemotePublish? ToRemote(SpooledMessage message)
    {
        if (MappedTopic.Find(_link.Options.Mappings, outbound: true, message.LocalTopic) is { } mapped) return new RemotePublish(mapped.Topic);
        return HonoTopic.TryParse(message.LocalTopic) is { } topic ? _dialect.ToRemote(topic, message.Sequence) : null;
    }

    private async ValueTask WaitForTurnAsync(int bytes, CancellationToken cancellationToken)
    {
        var wait = _link.Pace.Take(bytes);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, _services.Time, cancellationToken);
        await _link.Window.EnterAsync(cancellationToken);
        if (_link.Window.UnderWay == 1) _stall.Touch();
    }

    /// <summary>Publishes a message and follows it to its acknowledgment. Up to its first wait it runs in the caller, which keeps the order.</summary>
    private async Task FollowAsync(SpooledMessage message, RemotePublish remote, CancellationToken cancellationToken)
    {
        string name = LocalIntake.NameOf(message.Class);
        try
        {
            await PublishAsync(message, remote, cancellationToken);
            _link.Cursor.Acknowledge(message);
            _services.Metrics.Count("out", name, "sent");
        }
        catch (MqttException exception) when (exception.Failure == MqttFailure.Refused)
        {
            _link.Cursor.Refuse(message, DeadLetterReason.Refused, exception.Why);
            _notice.OnDeadLetter(message, new SendRefusal("refused", exception.ReasonCode == ReasonCode.PacketTooLarge ? 413 : 400, exception.Why));
        }
        catch (MqttException exception) when (exception.Failure == MqttFailure.Invalid)
        {
            _link.Cursor.Refuse(message, DeadLetterReason.Topic, exception.Why);
            _notice.OnDeadLetter(message, new SendRefusal("topic", 400, exception.Why));
        }
        catch (Exception exception) when (exception is MqttException or OperationCanceledException)
        {
            // The connection is over; the message stays in the spool and is taken again.
            _services.Metrics.Count("out", name, "lost");
        }
        finally
        {
            _link.Window.Leave();
            _open.Leave();
        }
    }

    private async Task PublishAsync(SpooledMessage message, RemotePublish remote, CancellationToken cancellationToken)
    {
        var options = _link.Options;
        var packet = new PublishPacket
        {
            Topic = remote.Topic,
            Payload = message.Payload,
            QoS = Limit(message, options),
            Dup = message.Attempts > 1 && message.QoS != QualityOfService.AtMostOnce,
            Properties = PropertiesOf(message, remote),
        };
        while (true)
        {
            long sent = _services.Time.GetTimestamp();
            try
            {
                _link.Log.Forwarded("out", message.LocalTopic, remote.Topic, message.Payload.Length);
                if (_services.LogsPayloads() && _link.Log.IsEnabled(LogLevel.Debug)) _link.Log.Payload(remote.Topic, Encoding.UTF8.GetString(message.Payload.Span));
                // A stop of the sending must not end the wait for what is on its way: the client ends it when the connection does.
                await _client.PublishAsync(packet, CancellationToken.None);
                OnAck(_services.Time.GetElapsedTime(sent));
                return;
            }
            catch (MqttException exception) when (IsTemporary(exception))
            {
                await Task.Delay(BeforeAgain, _services.Time, cancellationToken);
            }
        }
    }

    private async Task PublishAsync(ShadowPublish request, CancellationToken cancellationToken)
    {
        await WaitForTurnAsync(request.Topic.Length + request.Payload.Length, cancellationToken);
        _open.Enter();
        _ = FollowAsync(request);
    }

    private async Task FollowAsync(ShadowPublish request)
    {
        long sent = _services.Time.GetTimestamp();
        try
        {
            _link.Log.Forwarded("out", "twin", request.Topic, request.Payload.Length);
            await _client.PublishAsync(request.Topic, request.Payload, QualityOfService.AtLeastOnce, retain: false);
            OnAck(_services.Time.GetElapsedTime(sent));
            _link.Execute(_link.Twin!.OnPublished(request));
        }
        catch (MqttException)
        {
            // The connection is over, or the endpoint refuses: the twin tells the one from the other by the answers.
        }
        finally
        {
            _link.Window.Leave();
            _open.Leave();
        }
    }

    private void OnAck(TimeSpan took)
    {
        _stall.Touch();
        _services.Metrics.CountAck(took);
    }

    private static QualityOfService Limit(SpooledMessage message, Configuration.LinkOptions options) =>
        MappedTopic.Find(options.Mappings, outbound: true, message.LocalTopic) is { QoS: QualityOfService.AtMostOnce } ? QualityOfService.AtMostOnce : message.QoS;

    private PublishProperties PropertiesOf(SpooledMessage message, RemotePublish remote)
    {
        if (_link.Options.Version != ProtocolVersion.V5) return PublishProperties.None;
        long left = message.ExpiresAt == 0 ? 0 : Math.Max(1, (message.ExpiresAt - _services.Time.GetUtcNow().ToUnixTimeMilliseconds() + 999) / 1000);
        return new PublishProperties
        {
            ContentType = remote.ContentType ?? message.ContentType,
            MessageExpiryInterval = left == 0 ? null : (uint)Math.Min(left, uint.MaxValue),
        };
    }

    // MQTT 5: the endpoint has no room just now; everything else that it refuses, it refuses for good.
    private static bool IsTemporary(MqttException exception) =>
        exception is { Failure: MqttFailure.Refused, ReasonCode: ReasonCode.QuotaExceeded or ReasonCode.UnspecifiedError or ReasonCode.ImplementationSpecificError };
}
