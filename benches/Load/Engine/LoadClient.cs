using System.Buffers.Binary;
using Fairlead.Load.Measuring;
using Fairlead.Load.Wire;

namespace Fairlead.Load.Engine;

// A client as lean as it can be: it skips through packets by their length, counts, and answers all QoS 1 deliveries of a read with one write.
internal sealed class LoadClient(string clientId, bool version5 = false) : Link
{
    private byte[] _acks = [];
    private int _ackLength;

    internal string ClientId { get; } = clientId;

    internal Flow? Flow { get; set; }

    // Called for each publication that arrives.
    internal Action<LoadClient>? Received { get; set; }

    internal Arrivals? Arrivals { get; set; }

    internal Histogram? Latency { get; set; }

    internal bool IsAccepted { get; private set; }

    internal bool HadSession { get; private set; }

    // The code of a refusing CONNACK.
    internal int Refused { get; private set; }

    internal int FiltersGranted { get; private set; }

    internal int FiltersRefused { get; private set; }

    // QoS 1 publications: sent and answered.
    internal long Sent { get; set; }

    internal long Acknowledged { get; private set; }

    internal int Unacknowledged => (int)(Sent - Acknowledged);

    // The broker ended the connection although nobody asked for it.
    internal bool WasCut { get; private set; }

    internal int CutError { get; private set; }

    internal void Connect(EventLoop loop, in IPv4Address server, bool clean = true, ushort keepAlive = 0, uint source = 0)
    {
        IsAccepted = false;
        WasCut = false;
        Open(loop, server, source);
        Send(Packets.Connect(ClientId, version5, clean, keepAlive));
    }

    internal void Subscribe(IReadOnlyList<string> filters, int qos)
    {
        const int PerPacket = 100;
        ushort packetId = 1;
        foreach (string[] some in filters.Chunk(PerPacket))
            Send(Packets.Subscribe(packetId++, some, qos, version5));
    }

    internal void Leave()
    {
        Send(Packets.Disconnect);
        Close();
    }

    protected override int OnData(ReadOnlySpan<byte> data)
    {
        int at = 0;
        while (data.Length - at >= 2)
        {
            int header = 2;
            int length = data[at + 1];
            if (length >= 0x80 && !TryReadLength(data[at..], ref header, ref length))
                break;
            if (data.Length - at < header + length)
                break;
            OnPacket(data[at], data.Slice(at + header, length));
            at += header + length;
        }

        if (_ackLength > 0)
        {
            Send(_acks.AsSpan(0, _ackLength));
            _ackLength = 0;
        }

        return at;
    }

    protected override void OnClosed(int error)
    {
        WasCut = true;
        CutError = error;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> data, ref int header, ref int length)
    {
        length = 0;
        for (int i = 0; i < 4; i++)
        {
            if (1 + i >= data.Length)
                return false;
            length |= (data[1 + i] & 0x7F) << (7 * i);
            if (data[1 + i] < 0x80)
            {
                header = 2 + i;
                return true;
            }
        }

        throw new InvalidDataException("The broker sent a packet without a valid length.");
    }

    private void OnPacket(byte first, ReadOnlySpan<byte> body)
    {
        switch (first >> 4)
        {
            case 3:
                OnPublish(first, body);
                break;
            case 4:
                // 3.1.1 has no code; in version 5 a code of 0x80 and more is a refusal, which counts as never published.
                Acknowledged++;
                break;
            case 2:
                HadSession = (body[0] & 1) != 0;
                Refused = body[1];
                IsAccepted = body[1] == 0;
                break;
            case 9:
                int codesAt = version5 ? 3 + body[2] : 2;
                foreach (byte code in body[codesAt..])
                    _ = code < 0x80 ? FiltersGranted++ : FiltersRefused++;
                break;
            default:
                break;
        }
    }

    private void OnPublish(byte first, ReadOnlySpan<byte> body)
    {
        int at = 2 + BinaryPrimitives.ReadUInt16BigEndian(body);
        if ((first & 6) != 0)
        {
            Acknowledge(body[at], body[at + 1]);
            at += 2;
        }

        Received?.Invoke(this);
        if (version5)
            at += 1 + body[at]; // the properties of these messages fit one length byte
        Flow? flow = Flow;
        if (flow is null)
            return;
        ReadOnlySpan<byte> payload = body[at..];
        if (Arrivals is null)
            flow.Delivered++;
        else
            Arrivals.Record(BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]), BinaryPrimitives.ReadUInt32LittleEndian(payload), flow);
        Latency?.Record(Loop.Now - BinaryPrimitives.ReadInt64LittleEndian(payload[8..]));
    }

    private void Acknowledge(byte high, byte low)
    {
        if (_ackLength + 4 > _acks.Length)
            Array.Resize(ref _acks, Math.Max(1024, _acks.Length * 2));
        Span<byte> ack = _acks.AsSpan(_ackLength, 4);
        ack[0] = 0x40;
        ack[1] = 2;
        ack[2] = high;
        ack[3] = low;
        _ackLength += 4;
    }
}
