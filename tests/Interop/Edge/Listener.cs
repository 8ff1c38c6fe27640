using System.Threading.Channels;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>A client made of raw packets: it publishes, waits for the acknowledgment, and writes down what comes.</summary>
public sealed class Listener : IAsyncDisposable
{
    private readonly RawMqttClient _client;
    private readonly Channel<RawPublish> _messages = Channel.CreateUnbounded<RawPublish>();
    private readonly Channel<RawPacket> _answers = Channel.CreateUnbounded<RawPacket>();
    private readonly Task _reading;
    private int _id;

    private Listener(RawMqttClient client)
    {
        _client = client;
        _reading = ReadAsync();
    }

    public static async Task<Listener> ConnectAsync(Uri broker, params string[] filters)
    {
        var client = await RawMqttClient.OpenAsync(broker);
        await client.SendAsync(RawPackets.Connect(4, $"l-{Guid.NewGuid():N}", keepAlive: 0));
        (await client.ReadAsync()).Type.ShouldBe((int)RawType.ConnAck);
        var listener = new Listener(client);
        foreach (string filter in filters)
        {
            await client.SendAsync(RawPackets.Subscribe(4, ++listener._id, filter, 1));
            await listener.AnswerAsync(RawType.SubAck);
        }

        return listener;
    }

    /// <summary>Publishes; at QoS 1 it returns with the PUBACK.</summary>
    public async Task PublishAsync(string topic, byte[] payload, int qos = 1, bool retain = false)
    {
        await _client.SendAsync(RawPackets.Publish(4, topic, payload, qos, ++_id, retain));
        if (qos == 1) await AnswerAsync(RawType.PubAck);
    }

    public Task PublishAsync(string topic, string payload, int qos = 1) => PublishAsync(topic, System.Text.Encoding.UTF8.GetBytes(payload), qos);

    /// <summary>The next message that is wanted; others before it are passed over.</summary>
    public async Task<RawPublish> NextAsync(Func<RawPublish, bool>? wanted = null)
    {
        using var deadline = new CancellationTokenSource(EdgeRun.Patience);
        List<string> passed = [];
        try
        {
            while (true)
            {
                var message = await _messages.Reader.ReadAsync(deadline.Token);
                if (wanted is null || wanted(message)) return message;
                passed.Add($"{message.Topic} {message.Text}");
            }
        }
        catch (OperationCanceledException ended)
        {
            throw new TimeoutException($"the message did not come, but:\n{string.Join('\n', passed)}", ended);
        }
    }

    /// <summary>The next message on a topic.</summary>
    public Task<RawPublish> OnAsync(string topic) => NextAsync(message => message.Topic == topic);

    /// <summary>Everything that has come and was not asked for.</summary>
    public IReadOnlyList<RawPublish> Rest()
    {
        List<RawPublish> rest = [];
        while (_messages.Reader.TryRead(out var message)) rest.Add(message);
        return rest;
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _reading;
    }

    private async Task AnswerAsync(RawType type)
    {
        using var deadline = new CancellationTokenSource(EdgeRun.Patience);
        (await _answers.Reader.ReadAsync(deadline.Token)).Type.ShouldBe((int)type);
    }

    private async Task ReadAsync()
    {
        try
        {
            // A quiet connection is no failure here: each wait has its own limit.
            while (true)
            {
                RawPacket? packet;
                try
                {
                    packet = await _client.ReadOrCloseAsync();
                }
                catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
                {
                    continue;
                }

                if (packet is null) return;
                if (packet.Type != (int)RawType.Publish)
                {
                    _answers.Writer.TryWrite(packet);
                    continue;
                }

                var message = RawPublish.Read(4, packet);
                if (message.QoS == 1) await _client.SendUnlessClosedAsync(RawPackets.Ack(RawType.PubAck, message.Id));
                _messages.Writer.TryWrite(message);
            }
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ObjectDisposedException or InvalidDataException)
        {
            // Closed by the test, or the broker is gone.
        }
        finally
        {
            _messages.Writer.TryComplete();
            _answers.Writer.TryComplete();
        }
    }
}
