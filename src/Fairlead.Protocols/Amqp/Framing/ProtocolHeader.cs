namespace Fairlead.Protocols.Amqp;

/// <summary>The eight bytes that begin a connection and each layer of it (spec 2.1).</summary>
public static class ProtocolHeader
{
    /// <summary>Bytes of a header.</summary>
    public const int Length = 8;

    /// <summary>AMQP itself, version 1.0.0.</summary>
    public static ReadOnlySpan<byte> Amqp => "AMQP\0\u0001\0\0"u8;

    /// <summary>SASL, version 1.0.0.</summary>
    public static ReadOnlySpan<byte> Sasl => "AMQP\u0003\u0001\0\0"u8;
}
