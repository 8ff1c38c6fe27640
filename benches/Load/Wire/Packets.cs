using System.Text;

namespace Fairlead.Load.Wire;

// MQTT packets as bytes, made before the clock runs. Deliberately not the product's codec: the generator must not share its mistakes.
internal static class Packets
{
    internal static readonly byte[] Disconnect = [0xE0, 0];

    // sessionExpiry only counts in version 5; in 3.1.1 a session that is not clean stays.
    internal static byte[] Connect(string clientId, bool version5 = false, bool clean = true, ushort keepAlive = 0)
    {
        var body = new List<byte> { 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', (byte)(version5 ? 5 : 4), (byte)(clean ? 2 : 0) };
        Append(body, keepAlive);
        if (version5)
            body.AddRange(clean ? [0] : [5, 0x11, 0xFF, 0xFF, 0xFF, 0xFF]); // Session Expiry Interval: never
        Append(body, clientId);
        return Frame(0x10, body);
    }

    internal static byte[] Subscribe(ushort packetId, IEnumerable<string> filters, int qos, bool version5 = false)
    {
        var body = new List<byte>();
        Append(body, packetId);
        if (version5)
            body.Add(0);
        foreach (string filter in filters)
        {
            Append(body, filter);
            body.Add((byte)qos);
        }

        return Frame(0x82, body);
    }

    internal static byte[] Publish(string topic, int qos, int payloadLength, bool version5 = false)
    {
        var body = new List<byte>();
        Append(body, topic);
        if (qos > 0)
            Append(body, (ushort)1);
        if (version5)
            body.Add(0);
        for (int i = 0; i < payloadLength; i++)
            body.Add((byte)('a' + (i % 26)));
        return Frame((byte)(0x30 | (qos << 1)), body);
    }

    private static void Append(List<byte> body, ushort value)
    {
        body.Add((byte)(value >> 8));
        body.Add((byte)value);
    }

    private static void Append(List<byte> body, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Append(body, (ushort)utf8.Length);
        body.AddRange(utf8);
    }

    private static byte[] Frame(byte first, List<byte> body)
    {
        var frame = new List<byte> { first };
        int rest = body.Count;
        do
        {
            frame.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            rest >>= 7;
        }
        while (rest > 0);
        frame.AddRange(body);
        return [.. frame];
    }
}
