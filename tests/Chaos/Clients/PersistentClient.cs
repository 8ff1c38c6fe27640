using System.Net.Sockets;
using Fairlead.Shared;

namespace Fairlead.Chaos.Clients;

/// <summary>
/// A client whose half of the Session outlives its connections, as both standards ask: unacknowledged publications are sent again in
/// order with DUP and the same Packet Identifier [MQTT-4.4.0-1], and received QoS 2 identifiers are remembered until PUBREL [MQTT-4.3.3-10].
/// </summary>
public sealed class PersistentClient(int level, string clientId) : IAsyncDisposable
{
    private const int Window = 64;

    private readonly Lock _state = new();
    private readonly LinkedList<Publication> _inflight = new();
    private readonly HashSet<int> _receivedIds = [];
    private readonly Dictionary<int, TaskCompletionSource> _subscribing = [];
    private readonly SemaphoreSlim _window = new(Window);
    private readonly SemaphoreSlim _sending = new(1);
    private RawMqttClient? _connection;
    private Task _reading = Task.CompletedTask;
    private ushort _lastId;
    private volatile bool _hasPromise;
    private volatile bool _connected;
    private TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string ClientId => clientId;

    public bool Connected => _connected;

    /// <summary>Whether a connection on which nothing comes for long is kept: for those who mostly publish.</summary>
    public bool BearsSilence { get; init; }

    /// <summary>Called for every message handed to the application, before it is acknowledged.</summary>
    public Action<RawPublish> OnMessage { get; set; } = _ => { };

    /// <summary>Called when the hub has taken over a publication for good: topic and payload.</summary>
    public Action<string, string> OnAcknowledged { get; set; } = (_, _) => { };

    /// <summary>
    /// Opens a connection and picks up the Session. A hub that has forgotten it fails the test, unless it has never acknowledged anything
    /// in it: CONNACK alone is no promise.
    /// </summary>
    public async Task ConnectAsync(Uri hub)
    {
        await _reading;
        _connection?.Close();
        _connection = await RawMqttClient.OpenAsync(hub);
        var properties = level == 5 ? new RawProperties().Add(RawProperties.SessionExpiry, 0xFFFF_FFFFL) : null;
        await _connection.SendAsync(RawPackets.Connect(level, clientId, clean: false, keepAlive: 0, properties));
        var answer = RawAnswer.Read(level, await _connection.ReadAsync());
        (answer.Type, answer.Code).ShouldBe((RawType.ConnAck, 0), clientId);
        if (_hasPromise)
            answer.SessionPresent.ShouldBeTrue($"{clientId}: the hub has acknowledged something in this Session and has forgotten the Session");
        _connected = true;
        Publication[] again;
        lock (_state)
            again = [.. _inflight];
        foreach (var publication in again)
            await SendAsync(publication.Received ? RawPackets.Ack(RawType.PubRel, publication.Id) : Encode(publication, dup: answer.SessionPresent));
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Publishes; returns when it is sent, or kept for the next connection. False once the connection is lost.</summary>
    public async Task<bool> PublishAsync(string topic, string payload, int qos, bool retain = false)
    {
        while (!await _window.WaitAsync(TimeSpan.FromMilliseconds(100)))
        {
            if (!_connected)
                return false;
        }

        Publication publication;
        lock (_state)
        {
            publication = new Publication(NextId(), topic, payload, qos, retain);
            _inflight.AddLast(publication);
        }

        await SendAsync(Encode(publication, dup: false));
        return true;
    }

    /// <summary>True when the hub acknowledged the subscription, false when the connection was lost before.</summary>
    public async Task<bool> SubscribeAsync(string filter, int qos)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ushort id;
        lock (_state)
        {
            id = NextId();
            _subscribing[id] = answered;
        }

        await SendAsync(RawPackets.Subscribe(level, id, filter, qos));
        var winner = await Task.WhenAny(answered.Task, _reading).WaitAsync(RawMqttClient.Deadline);
        lock (_state)
            _subscribing.Remove(id);
        return winner == answered.Task || answered.Task.IsCompleted;
    }

    /// <summary>Waits until nothing is unacknowledged.</summary>
    public async Task DrainAsync()
    {
        Task drained;
        lock (_state)
        {
            if (_inflight.Count == 0)
                return;
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
        }

        (await Task.WhenAny(drained, _reading).WaitAsync(RawMqttClient.Deadline)).ShouldBe(drained, $"{clientId}: the connection was lost");
    }

    /// <summary>Ends when the connection is over.</summary>
    public Task WhenLostAsync() => _reading;

    public async Task DisconnectAsync()
    {
        await SendAsync(RawPackets.Disconnect());
        await _reading.WaitAsync(RawMqttClient.Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        _connection?.Close();
        await _reading;
        _window.Dispose();
        _sending.Dispose();
    }

    private byte[] Encode(Publication publication, bool dup) =>
        RawPackets.Publish(level, publication.Topic, publication.Payload, publication.QoS, publication.Id, publication.Retain, dup);

    private async Task SendAsync(byte[] packet)
    {
        await _sending.WaitAsync();
        try
        {
            await _connection!.SendAsync(packet);
        }
        catch (Exception lost) when (lost is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            _connected = false;
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await NextAsync() is { } packet)
            {
                if (packet.Type == (int)RawType.Publish)
                    await OnPublishAsync(RawPublish.Read(level, packet));
                else
                    await OnAnswerAsync(RawAnswer.Read(level, packet));
            }
        }
        catch (Exception torn) when (torn is InvalidDataException or TimeoutException or ObjectDisposedException)
        {
            // A hub killed within a packet. What the Session is worth shows at the next connection.
        }
        finally
        {
            _connected = false;
            _connection!.Close();
        }
    }

    private async Task<RawPacket?> NextAsync()
    {
        while (true)
        {
            try
            {
                return await _connection!.ReadOrCloseAsync();
            }
            catch (TimeoutException) when (BearsSilence)
            {
                // Nothing was read; the connection is as it was.
            }
        }
    }

    private async Task OnPublishAsync(RawPublish message)
    {
        switch (message.QoS)
        {
            case 0:
                OnMessage(message);
                break;
            case 1:
                OnMessage(message);
                await SendAsync(RawPackets.Ack(RawType.PubAck, message.Id));
                break;
            default:
                if (_receivedIds.Add(message.Id))
                    OnMessage(message);
                await SendAsync(RawPackets.Ack(RawType.PubRec, message.Id));
                break;
        }
    }

    private async Task OnAnswerAsync(RawAnswer answer)
    {
        _hasPromise |= answer.Type is RawType.PubRec or RawType.SubAck; // PUBACK is about a message, not about this Session
        switch (answer.Type)
        {
            case RawType.PubAck:
            case RawType.PubComp:
                Complete(answer.Id);
                break;
            case RawType.PubRec:
                answer.Code.ShouldBeLessThan(0x80);
                lock (_state)
                {
                    if (Find(answer.Id) is { } node)
                        node.Value.Received = true;
                }

                await SendAsync(RawPackets.Ack(RawType.PubRel, answer.Id));
                break;
            case RawType.PubRel:
                _receivedIds.Remove(answer.Id);
                await SendAsync(RawPackets.Ack(RawType.PubComp, answer.Id));
                break;
            case RawType.SubAck:
                lock (_state)
                {
                    if (_subscribing.TryGetValue(answer.Id, out var answered))
                        answered.TrySetResult();
                }

                break;
        }
    }

    private void Complete(int id)
    {
        Publication publication;
        lock (_state)
        {
            if (Find(id) is not { } node)
                return; // a second PUBCOMP for a PUBREL sent twice
            publication = node.Value;
            _inflight.Remove(node);
            if (_inflight.Count == 0)
                _drained.TrySetResult();
        }

        OnAcknowledged(publication.Topic, publication.Payload);
        _window.Release();
    }

    private LinkedListNode<Publication>? Find(int id)
    {
        var node = _inflight.First;
        while (node is not null && node.Value.Id != id)
            node = node.Next;
        return node;
    }

    private ushort NextId()
    {
        do
            _lastId = (ushort)(_lastId == ushort.MaxValue ? 1 : _lastId + 1);
        while (Find(_lastId) is not null || _subscribing.ContainsKey(_lastId));
        return _lastId;
    }
}
