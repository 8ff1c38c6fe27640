using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Verbs.Messaging;

/// <summary>Publications under way, a bounded number at once, in order; the first failure ends it.</summary>
internal sealed class PublishWindow(MqttClient client, int limit, TimeSpan timeout, Terminal terminal, Action<PublishPacket, PublishResult>? onDone)
{
    private readonly Queue<(PublishPacket Packet, Task<PublishResult> Answer)> _pending = new();

    public async Task SendAsync(PublishPacket packet, CancellationToken cancellationToken)
    {
        _pending.Enqueue((packet, client.PublishAsync(packet, cancellationToken).AsTask()));
        while (_pending.Count >= limit || (_pending.Count > 0 && _pending.Peek().Answer.IsCompleted))
            await FinishFirstAsync(cancellationToken);
    }

    /// <summary>Waits for all answers.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        while (_pending.Count > 0)
            await FinishFirstAsync(cancellationToken);
    }

    private async Task FinishFirstAsync(CancellationToken cancellationToken)
    {
        var (packet, answer) = _pending.Dequeue();
        try
        {
            var result = await answer.WaitAsync(timeout, terminal.Time, cancellationToken);
            onDone?.Invoke(packet, result);
        }
        catch (TimeoutException)
        {
            throw new VerbException(
                ExitCode.Timeout,
                $"cannot publish to {packet.Topic}",
                $"the server did not acknowledge the message within {timeout.TotalSeconds:0.###} s; it may have it all the same",
                "Check the server's log, or wait longer with --timeout");
        }
    }
}
