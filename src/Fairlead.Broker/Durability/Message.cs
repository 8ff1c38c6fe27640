using System.Text;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Durability;

/// <summary>
/// One Application Message that somebody has to keep: retained, queued, or in flight to a Session that outlives its connection.
/// Immutable but for <see cref="Id"/>, and shared by every Session that holds it. Topic Name, properties and payload lie in one array
/// in the form in which they go to the wire, so that sending is a copy and storing is another.
/// </summary>
/// <remarks>A QoS 0 publication to connected subscribers never becomes a <see cref="Message"/>: it is encoded from the read buffer.</remarks>
public sealed class Message
{
    private readonly byte[] _bytes;
    private readonly int _topicLength;
    private readonly int _propertiesLength;

    /// <summary>Copies the three parts into one new array.</summary>
    /// <param name="topic">Topic Name, UTF-8.</param>
    /// <param name="properties">
    /// The MQTT 5 properties that are forwarded as they came, in wire form and without their length: neither Topic Alias, nor
    /// Subscription Identifier, nor Message Expiry Interval (see <see cref="ExpiresAt"/>).
    /// </param>
    /// <param name="payload">Payload.</param>
    /// <param name="qos">QoS of the publication; a subscription may lower it.</param>
    /// <param name="retain">RETAIN flag of the publication.</param>
    /// <param name="createdAt">Arrival, milliseconds since the Unix epoch.</param>
    /// <param name="expiresAt">End of life, milliseconds since the Unix epoch; <see cref="long.MaxValue"/> for never.</param>
    public Message(
        ReadOnlySpan<byte> topic,
        ReadOnlySpan<byte> properties,
        ReadOnlySpan<byte> payload,
        QualityOfService qos,
        bool retain,
        long createdAt,
        long expiresAt = long.MaxValue)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(topic.Length + properties.Length + payload.Length);
        topic.CopyTo(_bytes);
        properties.CopyTo(_bytes.AsSpan(topic.Length));
        payload.CopyTo(_bytes.AsSpan(topic.Length + properties.Length));
        _topicLength = topic.Length;
        _propertiesLength = properties.Length;
        QoS = qos;
        Retain = retain;
        CreatedAt = createdAt;
        ExpiresAt = expiresAt;
    }

    /// <summary>Number that the store gave to this message when it first wrote it; 0 before. Written by the store's writer thread alone.</summary>
    public long Id { get; set; }

    /// <summary>Topic Name, UTF-8.</summary>
    public ReadOnlySpan<byte> Topic => _bytes.AsSpan(0, _topicLength);

    /// <summary>Forwarded MQTT 5 properties in wire form, without their length.</summary>
    public ReadOnlySpan<byte> Properties => _bytes.AsSpan(_topicLength, _propertiesLength);

    /// <summary>Payload.</summary>
    public ReadOnlySpan<byte> Payload => _bytes.AsSpan(_topicLength + _propertiesLength);

    /// <summary>Payload as memory, for asynchronous consumers.</summary>
    public ReadOnlyMemory<byte> PayloadMemory => _bytes.AsMemory(_topicLength + _propertiesLength);

    /// <summary>QoS of the publication.</summary>
    public QualityOfService QoS { get; }

    /// <summary>RETAIN flag of the publication.</summary>
    public bool Retain { get; }

    /// <summary>Arrival, milliseconds since the Unix epoch.</summary>
    public long CreatedAt { get; }

    /// <summary>End of life, milliseconds since the Unix epoch; <see cref="long.MaxValue"/> for never.</summary>
    public long ExpiresAt { get; }

    /// <summary>Bytes counted against queue limits: the content plus what the objects around it cost.</summary>
    public int Size => _bytes.Length + 96;

    /// <summary>Whether the Message Expiry Interval has passed [MQTT-3.3.2-5].</summary>
    /// <param name="now">Milliseconds since the Unix epoch.</param>
    public bool IsExpired(long now) => ExpiresAt <= now;

    /// <summary>Topic Name as a string, for logs and features; allocates.</summary>
    public string TopicString => Encoding.UTF8.GetString(Topic);
}
