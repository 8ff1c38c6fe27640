using System.Buffers;
using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Commands;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Ditto;
using Fairlead.Edge.Health;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Payloads;
using Fairlead.Edge.Spool;
using Fairlead.Edge.Topics;
using Fairlead.Edge.Twin;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Local;

/// <summary>
/// The way of a local message into the spool: what it is, which links want it, whether the twin takes it. It is acknowledged only when it is
/// safe (spec section 8.2, rule 0); nothing here waits for a remote endpoint.
/// </summary>
internal sealed class LocalIntake(LinkSet links, MessageSpool spool, RequestMemory requests, EdgeMetrics metrics, ILogger log) : ILocalMessages
{
    private const int MostAtOnce = 256;

    private readonly List<Held> _held = [];

    /// <summary>The settings; a reload replaces them.</summary>
    public required EdgeOptions Options { get; set; }

    /// <inheritdoc/>
    public void OnConnected(bool sessionPresent)
    {
        if (!sessionPresent) spool.ForgetDeliveries();
    }

    /// <inheritdoc/>
    public async ValueTask TakeAsync(ReceivedMessage first, MqttClient client, CancellationToken cancellationToken)
    {
        await spool.WaitForRoomAsync(cancellationToken);
        Take(first);
        for (int i = 1; i < MostAtOnce && client.TryReceive(out var next); i++) Take(next!);
        if (_held.Count == 0) return;

        // Twin commands of the batch: on disk in one go, then acknowledged.
        if (links.Twin is { } twin) await twin.Twin!.FlushAsync(cancellationToken);
        foreach (var held in _held) held.Release();
        _held.Clear();
    }

    private void Take(ReceivedMessage message)
    {
        var topic = HonoTopic.TryParse(message.Topic);
        if (topic is { Kind: HonoKind.Request }) topic = null;
        long wanted = links.MaskFor(message.Topic, topic is not null);
        if (wanted == 0)
        {
            metrics.Count("out", "other", "unknown");
            message.Acknowledge();
            return;
        }

        if (topic is { Kind: HonoKind.Response } answer) wanted = MaskForAnswer(answer, message, wanted);
        var messageClass = ClassOf(topic, message);
        var held = new Held(message);
        bool isTwin = false;
        if (topic is { Kind: HonoKind.Telemetry or HonoKind.Event }) wanted = AskTwin(message, wanted, held, out isTwin);
        if (isTwin) messageClass = MessageClass.Shadow;
        if (wanted == 0)
        {
            metrics.Count("out", NameOf(messageClass), "taken");
            held.Release();
            return;
        }

        if (message.QoS == QualityOfService.AtMostOnce && !Options.KeepsQos0 && !links.IsAnyConnected(wanted))
        {
            metrics.CountDrop(NameOf(messageClass), "qos0");
            held.Release();
            return;
        }

        Append(message, topic, messageClass, wanted == links.All ? 0 : wanted, held);
    }

    private void Append(ReceivedMessage message, HonoTopic? topic, MessageClass messageClass, long wanted, Held held)
    {
        long arrived = message.ReceivedAt.ToUnixTimeMilliseconds();
        string name = NameOf(messageClass);
        log.Forwarded("out", message.Topic, "spool", message.Payload.Length);
        if (Options.Log.Payloads && log.IsEnabled(LogLevel.Debug)) log.Payload(message.Topic, Encoding.UTF8.GetString(message.Payload.Span));
        spool.Append(
            new SpoolEntry
            {
                ArrivedAt = arrived,
                Class = messageClass,
                QoS = message.QoS == QualityOfService.AtMostOnce ? QualityOfService.AtMostOnce : QualityOfService.AtLeastOnce,
                LocalTopic = message.Topic,
                Payload = Stamp(message.Payload, topic, messageClass, arrived),
                ExpiresAt = ExpiryOf(message, topic, arrived),
                ContentType = message.Properties.ContentType,
                Links = wanted,
                PacketId = message.PacketId,
                IsRepeat = message.Dup,
            },
            outcome =>
            {
                metrics.Count("out", name, outcome switch
                {
                    SpoolOutcome.Stored => "stored",
                    SpoolOutcome.Duplicate => "duplicate",
                    SpoolOutcome.Dropped => "dropped",
                    _ => "abandoned",
                });
                if (outcome != SpoolOutcome.Abandoned) held.Release();
            });
    }

    private long MaskForAnswer(in HonoTopic answer, ReceivedMessage message, long wanted)
    {
        string id = answer.RequestId.Length > 0 ? answer.RequestId : DittoEnvelope.TryRead(message.Payload)?.CorrelationId ?? "";
        switch (requests.OnAnswer(id, Options.Links[0].ResponseMemory))
        {
            case AnswerVerdict.Again:
                // The broker may have lost our acknowledgment: the same packet again is for the spool to recognise.
                if (message.Dup) return wanted;
                metrics.Count("out", "response", "again");
                return 0;
            case AnswerVerdict.Unknown:
                return wanted & ~links.StrictMask;
            default:
                return wanted;
        }
    }

    private long AskTwin(ReceivedMessage message, long wanted, Held held, out bool isTwin)
    {
        isTwin = false;
        wanted &= ~links.MaskOfFiltered(message.Payload);
        if (links.Twin is not { } link) return wanted;
        var verdict = link.Twin!.Accept(message.Payload);
        link.Execute(verdict.Output);
        if (verdict.Fate == TwinFate.Forward) return wanted;
        isTwin = verdict.Fate == TwinFate.Spool;
        held.Hold();
        _held.Add(held);
        return isTwin ? wanted : wanted & ~link.Mask;
    }

    private ReadOnlyMemory<byte> Stamp(ReadOnlyMemory<byte> payload, HonoTopic? topic, MessageClass messageClass, long arrived)
    {
        if (topic is null || messageClass is MessageClass.Response or MessageClass.Shadow) return payload;
        var edited = new ArrayBufferWriter<byte>(payload.Length + 64);
        return PayloadTimestamp.TryStamp(payload, arrived, Options.Timestamp, edited) ? edited.WrittenMemory : payload;
    }

    private static long ExpiryOf(ReceivedMessage message, HonoTopic? topic, long arrived)
    {
        long expiry = 0;
        if (topic is { Bag.Length: > 0 } hono && PropertyBag.TimeToLive(hono.Bag) is { } life) expiry = arrived + (long)life.TotalMilliseconds;
        if (message.Properties.MessageExpiryInterval is { } seconds)
        {
            long other = arrived + (seconds * 1000L);
            expiry = expiry == 0 ? other : Math.Min(expiry, other);
        }

        return expiry;
    }

    private static MessageClass ClassOf(HonoTopic? topic, ReceivedMessage message) => topic?.Kind switch
    {
        HonoKind.Response => MessageClass.Response,
        HonoKind.Event => MessageClass.Event,
        HonoKind.Telemetry => MessageClass.Telemetry,
        _ => message.QoS == QualityOfService.AtMostOnce ? MessageClass.Telemetry : MessageClass.Event,
    };

    /// <summary>The word of a class in metrics.</summary>
    public static string NameOf(MessageClass messageClass) => messageClass switch
    {
        MessageClass.Response => "response",
        MessageClass.Event => "event",
        MessageClass.Shadow => "shadow",
        _ => "telemetry",
    };

    /// <summary>A message that is acknowledged when nobody holds it any more.</summary>
    private sealed class Held(ReceivedMessage message)
    {
        private int _holds = 1;

        public void Hold() => Interlocked.Increment(ref _holds);

        public void Release()
        {
            if (Interlocked.Decrement(ref _holds) == 0) message.Acknowledge();
        }
    }
}
