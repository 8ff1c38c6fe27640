using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>SUBSCRIBE and UNSUBSCRIBE packets that wait for their answer. They end with the connection. Used under the session's lock.</summary>
internal sealed class PendingRequests(PacketIdentifiers identifiers)
{
    private readonly Dictionary<ushort, Request> _byId = [];

    public Task<SubAckPacket> Add(ushort packetId, PacketType answer, int filters)
    {
        var request = new Request(answer, filters);
        _byId[packetId] = request;
        return request.Answer.Task;
    }

    /// <summary>SUBACK or UNSUBACK; false when it answers nothing or counts wrongly.</summary>
    public bool OnAnswer(SubAckPacket packet)
    {
        if (!_byId.TryGetValue(packet.PacketId, out var request) || request.Type != packet.Type)
            return false;
        bool bare = packet.Type == PacketType.UnsubAck && packet.ReasonCodes.Count == 0; // 3.x
        if (!bare && packet.ReasonCodes.Count != request.Filters)
            return false;
        _byId.Remove(packet.PacketId);
        identifiers.Free(packet.PacketId);
        request.Answer.TrySetResult(packet);
        return true;
    }

    public void FailAll(MqttException error)
    {
        foreach (var (id, request) in _byId)
        {
            identifiers.Free(id);
            request.Answer.TrySetException(error);
        }

        _byId.Clear();
    }

    private sealed record Request(PacketType Type, int Filters)
    {
        public TaskCompletionSource<SubAckPacket> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
