using Fairlead.Shared;
using Shouldly;

namespace Fairlead.Conformance;

/// <summary>A raw client that has been accepted, with the exchanges that most tests need spelled out once.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly Queue<RawPublish> _inbox = new();
    private int _lastId;

    private Peer(RawMqttClient raw, int level, string id, RawAnswer connAck)
    {
        Raw = raw;
        Level = level;
        Id = id;
        ConnAck = connAck;
    }

    public RawMqttClient Raw { get; }

    public int Level { get; }

    public string Id { get; }

    public RawAnswer ConnAck { get; }

    /// <summary>Whether a message has already arrived, read while something else was awaited.</summary>
    public bool HasMessage => _inbox.Count > 0;

    public static async Task<Peer> ConnectAsync(Uri broker, int level, string? id = null, bool clean = true, int keepAlive = 60,
        RawProperties? properties = null, RawWill? will = null, string? user = null, string? password = null)
    {
        id ??= Names.Client();
        var raw = await RawMqttClient.OpenAsync(broker);
        await raw.SendAsync(RawPackets.Connect(level, id, clean, keepAlive, properties, will, user,
            password is null ? null : System.Text.Encoding.UTF8.GetBytes(password)));
        var packet = await raw.ReadAsync();
        packet.Type.ShouldBe((int)RawType.ConnAck);
        var answer = RawAnswer.Read(level, packet);
        answer.Code.ShouldBe(0, $"CONNACK {packet}");
        return new Peer(raw, level, id, answer);
    }

    public int NextId() => ++_lastId;

    public Task SendAsync(params byte[] bytes) => Raw.SendAsync(bytes);

    public async Task<RawAnswer> SubscribeAsync(string filter, int options = 0, RawProperties? properties = null) =>
        await SubscribeAsync([(filter, options)], properties);

    public async Task<RawAnswer> SubscribeAsync((string Filter, int Options)[] filters, RawProperties? properties = null)
    {
        var id = NextId();
        await SendAsync(RawPackets.Subscribe(Level, id, filters, properties));
        var answer = await AnswerAsync(RawType.SubAck);
        answer.Id.ShouldBe(id);
        return answer;
    }

    public async Task<RawAnswer> UnsubscribeAsync(params string[] filters)
    {
        var id = NextId();
        await SendAsync(RawPackets.Unsubscribe(Level, id, filters));
        var answer = await AnswerAsync(RawType.UnsubAck);
        answer.Id.ShouldBe(id);
        return answer;
    }

    /// <summary>Publishes and sees the exchange through; QoS 0 is followed by a ping, so that the broker has handled it in any case.</summary>
    public async Task<RawAnswer> PublishAsync(string topic, string payload, int qos = 0, bool retain = false, RawProperties? properties = null)
    {
        var id = qos == 0 ? 0 : NextId();
        await SendAsync(RawPackets.Publish(Level, topic, payload, qos, id, retain, properties: properties));
        if (qos == 0)
        {
            await PingAsync();
            return new RawAnswer(RawType.None, 0, false, [0], new RawProperties());
        }

        var answer = await AnswerAsync(qos == 1 ? RawType.PubAck : RawType.PubRec);
        answer.Id.ShouldBe(id);
        if (qos == 2 && answer.Code < 0x80)
        {
            await SendAsync(RawPackets.Ack(RawType.PubRel, id));
            (await AnswerAsync(RawType.PubComp)).Id.ShouldBe(id);
        }

        return answer;
    }

    /// <summary>The next message, acknowledged as its QoS demands.</summary>
    public async Task<RawPublish> ReceiveAsync()
    {
        var message = await TakeAsync();
        if (message.QoS == 1)
            await SendAsync(RawPackets.Ack(RawType.PubAck, message.Id));
        if (message.QoS == 2)
            await FinishAsync(message);
        return message;
    }

    /// <summary>PUBREC, PUBREL, PUBCOMP.</summary>
    public async Task FinishAsync(RawPublish message)
    {
        await SendAsync(RawPackets.Ack(RawType.PubRec, message.Id));
        (await AnswerAsync(RawType.PubRel)).Id.ShouldBe(message.Id);
        await SendAsync(RawPackets.Ack(RawType.PubComp, message.Id));
    }

    /// <summary>The next message, left unacknowledged.</summary>
    public async Task<RawPublish> TakeAsync() =>
        _inbox.TryDequeue(out var message) ? message : RawPublish.Read(Level, await Raw.ReadAsync());

    public async Task<RawPublish> ExpectAsync(string payload)
    {
        var message = await ReceiveAsync();
        message.Text.ShouldBe(payload);
        return message;
    }

    /// <summary>The broker has nothing for this client: a ping is answered before anything else arrives.</summary>
    public async Task ExpectNothingAsync()
    {
        await PingAsync();
        _inbox.ShouldBeEmpty(_inbox.TryPeek(out var message) ? $"unexpected: {message.Topic} {message.Text}" : null);
    }

    public async Task PingAsync()
    {
        await SendAsync(RawPackets.PingReq);
        (await OtherThanPublishAsync()).Type.ShouldBe((int)RawType.PingResp);
    }

    /// <summary>The next packet that is not a PUBLISH must be of this type; messages that arrive meanwhile are kept for later.</summary>
    public async Task<RawAnswer> AnswerAsync(RawType type)
    {
        var packet = await OtherThanPublishAsync();
        packet.Type.ShouldBe((int)type, $"got {packet}");
        return RawAnswer.Read(Level, packet);
    }

    /// <summary>
    /// The broker ends the connection: MQTT 3.1.1 silently, MQTT 5 with DISCONNECT and one of these reason codes. The standard lets a
    /// broker leave the DISCONNECT out; ours never does.
    /// </summary>
    public async Task<RawAnswer?> ExpectClosedAsync(params int[] reasons)
    {
        if (Level < 5)
        {
            await Raw.ExpectCloseAsync();
            return null;
        }

        if (await OtherThanPublishOrCloseAsync() is not { } packet)
        {
            StandardHub.IsForeign.ShouldBeTrue("closed without DISCONNECT");
            return null;
        }

        packet.Type.ShouldBe((int)RawType.Disconnect, $"got {packet}");
        var answer = RawAnswer.Read(Level, packet);
        reasons.ShouldContain(answer.Code, $"DISCONNECT 0x{answer.Code:X2}");
        if (!StandardHub.IsForeign)
            answer.Properties.Text(RawProperties.ReasonString).ShouldNotBeNullOrWhiteSpace("every refusal says why");
        await Raw.ExpectCloseAsync();
        return answer;
    }

    /// <summary>DISCONNECT, then the broker's close is awaited, so that it has handled the end of this connection.</summary>
    public async Task DisconnectAsync(int reason = 0, RawProperties? properties = null)
    {
        await SendAsync(RawPackets.Disconnect(reason, properties));
        await Raw.ExpectCloseAsync();
    }

    public ValueTask DisposeAsync() => Raw.DisposeAsync();

    private async Task<RawPacket> OtherThanPublishAsync() =>
        await OtherThanPublishOrCloseAsync() ?? throw new InvalidDataException("The connection was closed instead of an answer.");

    private async Task<RawPacket?> OtherThanPublishOrCloseAsync()
    {
        while (true)
        {
            var packet = await Raw.ReadOrCloseAsync();
            if (packet?.Type != (int)RawType.Publish)
                return packet;
            _inbox.Enqueue(RawPublish.Read(Level, packet));
        }
    }
}
