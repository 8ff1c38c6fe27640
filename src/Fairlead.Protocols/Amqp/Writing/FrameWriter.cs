namespace Fairlead.Protocols.Amqp;

/// <summary>Puts frames around what is written.</summary>
public static class FrameWriter
{
    /// <summary>Begins a frame of AMQP; its body follows.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="channel">Channel of the side that sends.</param>
    /// <returns>To be given to <see cref="End"/>.</returns>
    public static int Begin(AmqpWriter writer, ushort channel) => Begin(writer, FrameHeader.AmqpFrame, channel);

    /// <summary>Begins a SASL frame; its body follows.</summary>
    /// <param name="writer">Where to.</param>
    public static int BeginSasl(AmqpWriter writer) => Begin(writer, FrameHeader.SaslFrame, 0);

    /// <summary>Ends a frame.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="mark">From <see cref="Begin(AmqpWriter, ushort)"/>.</param>
    public static void End(AmqpWriter writer, int mark) => writer.Patch(mark, writer.Length - mark);

    /// <summary>Writes a heartbeat: a frame without a body (spec 2.2).</summary>
    /// <param name="writer">Where to.</param>
    public static void WriteHeartbeat(AmqpWriter writer) => End(writer, Begin(writer, FrameHeader.AmqpFrame, 0));

    private static int Begin(AmqpWriter writer, byte type, ushort channel)
    {
        int mark = writer.Length;
        var head = writer.Reserve(FrameHeader.Length);
        head[4] = 2;
        head[5] = type;
        head[6] = (byte)(channel >> 8);
        head[7] = (byte)channel;
        return mark;
    }
}
