using System.Collections.Concurrent;
using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Local;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Spool;
using Fairlead.Edge.Topics;
using Fairlead.Edge.Transforms;
using Fairlead.Edge.Twin;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Remote;

/// <summary>
/// Brings what the spool holds to the remote endpoint over one connection: in order, as many at a time as the window allows, as fast as the
/// pace allows; a record goes only after its acknowledgment (spec section 8.2, rule 0).
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "Neither the token source nor the semaphore has a handle, and both may be looked at after the connection has ended")]
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
    private readonly BatchSet _batches;
    private Task? _more;
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
        _batches = new BatchSet(services.Time);
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
            foreach (var batch in _batches.TakeDue()) await SendAsync(batch, either.Token);
            if (_link.Cursor.TryTake(out var message))
            {
                _isIdle = false;
                await SendAsync(message, either.Token);
                continue;
            }

            if (!_isIdle && !_link.Cursor.HasMore)
            {
                _isIdle = true;
                TellDrained();
            }

            await WaitForMoreAsync(either.Token);
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
            _link.CountSent(1);
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

        var rule = message.Class == MessageClass.Shadow ? null : TransformRule.Find(_link.Options.Transforms, message.LocalTopic);
        var single = OutgoingMessage.Make([message], remote, rule?.Batch is null ? rule : null, HasProperties);
        if (RemoteTopicRules.FindFault(_link.Options, single.Topic, single.Payload.Length) is { } fault)
        {
            _link.Cursor.Refuse(message, fault.Reason == "size" ? DeadLetterReason.Size : DeadLetterReason.Topic, fault.Text);
            _notice.OnDeadLetter(message, fault);
        }
        else if (rule?.Batch is null)
        {
            await SendAsync(single, cancellationToken);
        }
        else
        {
            foreach (var batch in _batches.Add(rule, remote, message)) await SendAsync(batch, cancellationToken);
        }
    }

    private Task SendAsync(OpenBatch batch, CancellationToken cancellationToken) =>
        SendAsync(OutgoingMessage.Make(batch.Members, batch.Remote, batch.Rule, HasProperties), cancellationToken);

    private async Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        await WaitForTurnAsync(message.Topic.Length + message.Payload.Length, cancellationToken);
        _open.Enter();
        _ = FollowAsync(message, cancellationToken);
    }

    /// <summary>Waits for a message or for the end of a batch. A wait that is not over is kept, so that no signal gets lost between two.</summary>
    private async Task WaitForMoreAsync(CancellationToken cancellationToken)
    {
        _more ??= _link.Cursor.WaitAsync(cancellationToken);
        if (_batches.UntilDue is { } due)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(_more, Task.Delay(due, _services.Time, either.Token));
            await either.CancelAsync();
            if (!_more.IsCompleted) return;
        }

        await _more;
        _more = null;
    }

    private bool HasProperties => _link.Options.Version == ProtocolVersion.V5;

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
    private async Task FollowAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(message, cancellationToken);
            foreach (var member in message.Members) _link.Cursor.Acknowledge(member);
            _link.CountSent(message.Members.Count);
            Count(message, "sent");
        }
        catch (MqttException exception) when (exception.Failure == MqttFailure.Refused)
        {
            PutAside(message, DeadLetterReason.Refused, new SendRefusal("refused", exception.ReasonCode == ReasonCode.PacketTooLarge ? 413 : 400, exception.Why));
        }
        catch (MqttException exception) when (exception.Failure == MqttFailure.Invalid)
        {
            PutAside(message, DeadLetterReason.Topic, new SendRefusal("topic", 400, exception.Why));
        }
        catch (Exception exception) when (exception is MqttException or OperationCanceledException)
        {
            // The connection is over; the message stays in the spool and is taken again.
            Count(message, "lost");
        }
        finally
        {
            _link.Window.Leave();
            _open.Leave();
        }
    }

    private void PutAside(OutgoingMessage message, DeadLetterReason reason, in SendRefusal refusal)
    {
        foreach (var member in message.Members)
        {
            _link.Cursor.Refuse(member, reason, refusal.Text);
            _notice.OnDeadLetter(member, refusal);
        }
    }

    private void Count(OutgoingMessage message, string result)
    {
        foreach (var member in message.Members) _services.Metrics.Count("out", LocalIntake.NameOf(member.Class), result);
    }

    private async Task PublishAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var qos = Limit(message, _link.Options);
        var packet = new PublishPacket
        {
            Topic = message.Topic,
            Payload = message.Payload,
            QoS = qos,
            Dup = message.IsRepeat && qos != QualityOfService.AtMostOnce,
            Properties = PropertiesOf(message),
        };
        while (true)
        {
            long sent = _services.Time.GetTimestamp();
            try
            {
                _link.Log.Forwarded("out", message.First.LocalTopic, message.Topic, message.Payload.Length);
                if (_services.LogsPayloads() && _link.Log.IsEnabled(LogLevel.Debug)) _link.Log.Payload(message.Topic, Encoding.UTF8.GetString(message.Payload.Span));
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
            _link.NoteShadowSync();
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

    private static QualityOfService Limit(OutgoingMessage message, Configuration.LinkOptions options) =>
        MappedTopic.Find(options.Mappings, outbound: true, message.First.LocalTopic) is { QoS: QualityOfService.AtMostOnce } ? QualityOfService.AtMostOnce : message.QoS;

    private PublishProperties PropertiesOf(OutgoingMessage message)
    {
        if (!HasProperties) return PublishProperties.None;
        long left = message.ExpiresAt == 0 ? 0 : Math.Max(1, (message.ExpiresAt - _services.Time.GetUtcNow().ToUnixTimeMilliseconds() + 999) / 1000);
        return new PublishProperties
        {
            ContentType = message.ContentType,
            MessageExpiryInterval = left == 0 ? null : (uint)Math.Min(left, uint.MaxValue),
            UserProperties = message.Encoding == PayloadEncoding.Identity
                ? [] : [new UserProperty(PayloadCompressor.PropertyName, PayloadCompressor.NameOf(message.Encoding))],
        };
    }

    // MQTT 5: the endpoint has no room just now; everything else that it refuses, it refuses for good.
    private static bool IsTemporary(MqttException exception) =>
        exception is { Failure: MqttFailure.Refused, ReasonCode: ReasonCode.QuotaExceeded or ReasonCode.UnspecifiedError or ReasonCode.ImplementationSpecificError };
}
