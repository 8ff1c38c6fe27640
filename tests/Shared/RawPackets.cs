using System.Text;

namespace Fairlead.Shared;

/// <summary>Builds packets byte by byte for protocol level 3 (MQTT 3.1), 4 (3.1.1) and 5.</summary>
public static class RawPackets
{
    public static byte[] PingReq { get; } = [0xC0, 0x00];

    public static byte[] Connect(int level, string clientId, bool clean = true, int keepAlive = 60, RawProperties? properties = null,
        RawWill? will = null, string? user = null, byte[]? password = null)
    {
        var flags = (clean ? 0x02 : 0) | (user is null ? 0 : 0x80) | (password is null ? 0 : 0x40);
        if (will is not null)
            flags |= 0x04 | (will.QoS << 3) | (will.Retain ? 0x20 : 0);
        var bytes = new RawBytes().Text(level == 3 ? "MQIsdp" : "MQTT").Byte(level).Byte(flags).Two(keepAlive);
        Append(bytes, level, properties);
        bytes.Text(clientId);
        if (will is not null)
        {
            Append(bytes, level, will.Properties);
            bytes.Text(will.Topic).Text(will.Payload);
        }

        if (user is not null)
            bytes.Text(user);
        if (password is not null)
            bytes.Binary(password);
        return bytes.Packet(0x10);
    }

    public static byte[] Publish(int level, string topic, string payload, int qos = 0, int id = 0, bool retain = false, bool dup = false,
        RawProperties? properties = null) =>
        Publish(level, topic, Encoding.UTF8.GetBytes(payload), qos, id, retain, dup, properties);

    public static byte[] Publish(int level, string topic, byte[] payload, int qos = 0, int id = 0, bool retain = false, bool dup = false,
        RawProperties? properties = null)
    {
        var bytes = new RawBytes().Text(topic);
        if (qos > 0)
            bytes.Two(id);
        Append(bytes, level, properties);
        return bytes.Bytes(payload).Packet(0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0));
    }

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP; the reason code is written for MQTT 5 when it is not zero.</summary>
    public static byte[] Ack(RawType type, int id, int reason = 0)
    {
        var bytes = new RawBytes().Two(id);
        if (reason != 0)
            bytes.Byte(reason);
        return bytes.Packet(((int)type << 4) | (type == RawType.PubRel ? 2 : 0));
    }

    public static byte[] Subscribe(int level, int id, string filter, int options = 0, RawProperties? properties = null) =>
        Subscribe(level, id, [(filter, options)], properties);

    public static byte[] Subscribe(int level, int id, (string Filter, int Options)[] filters, RawProperties? properties = null)
    {
        var bytes = new RawBytes().Two(id);
        Append(bytes, level, properties);
        foreach (var (filter, options) in filters)
            bytes.Text(filter).Byte(options);
        return bytes.Packet(0x82);
    }

    public static byte[] Unsubscribe(int level, int id, params string[] filters)
    {
        var bytes = new RawBytes().Two(id);
        Append(bytes, level, null);
        foreach (var filter in filters)
            bytes.Text(filter);
        return bytes.Packet(0xA2);
    }

    public static byte[] Disconnect(int reason = 0, RawProperties? properties = null)
    {
        var bytes = new RawBytes();
        if (reason != 0 || properties is not null)
            bytes.Byte(reason);
        if (properties is not null)
            bytes.Bytes(properties.ToArray());
        return bytes.Packet(0xE0);
    }

    private static void Append(RawBytes bytes, int level, RawProperties? properties)
    {
        if (level >= 5)
            bytes.Bytes((properties ?? new RawProperties()).ToArray());
    }
}
