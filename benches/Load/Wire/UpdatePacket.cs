using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Fairlead.Load.Wire;

// PUBLISH of a shadow update, made before the clock runs. Before it leaves it gets its number and its Packet Identifier.
internal sealed class UpdatePacket
{
    private const string Document = """{"state":{"reported":{"number":0000000000,"temperature":21.5,"fan":{"speed":3,"on":true}}},"clientToken":"0000000000"}""";
    private const int Digits = 10;

    private readonly byte[] _bytes;
    private readonly int _payloadAt;
    private readonly int _numberAt = Document.IndexOf("0000000000", StringComparison.Ordinal);
    private readonly int _tokenAt = Document.LastIndexOf("0000000000", StringComparison.Ordinal);

    private readonly int _qos;

    internal UpdatePacket(string topic, int qos = 1)
    {
        _qos = qos;
        _bytes = Packets.Publish(topic, qos, Document.Length);
        _payloadAt = _bytes.Length - Document.Length;
        Encoding.UTF8.GetBytes(Document, _bytes.AsSpan(_payloadAt));
    }

    internal ReadOnlySpan<byte> Take(uint number)
    {
        if (_qos > 0)
            BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(_payloadAt - 2), (ushort)((number % 65_535) + 1));
        Write(_numberAt, number + 1_000_000_000); // JSON has no leading zeros
        Write(_tokenAt, number + 1_000_000_000);
        return _bytes;
    }

    private void Write(int at, uint number) => Utf8Formatter.TryFormat(number, _bytes.AsSpan(_payloadAt + at, Digits), out _);
}
