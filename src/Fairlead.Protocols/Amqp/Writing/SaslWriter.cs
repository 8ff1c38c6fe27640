using Fairlead.Protocols.Amqp.Writing;

namespace Fairlead.Protocols.Amqp;

/// <summary>Writes whole SASL frames.</summary>
public static class SaslWriter
{
    /// <summary>Writes the mechanisms offered, always as an array.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="mechanisms">Their names.</param>
    public static void WriteMechanisms(AmqpWriter writer, string[] mechanisms)
    {
        int mark = FrameWriter.BeginSasl(writer);
        var fields = new FieldWriter(writer, Descriptor.SaslMechanisms);
        fields.Symbols(mechanisms);
        fields.End();
        FrameWriter.End(writer, mark);
    }

    /// <summary>Writes the mechanism chosen.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="init">Mechanism, response, host.</param>
    public static void WriteInit(AmqpWriter writer, SaslInit init)
    {
        int mark = FrameWriter.BeginSasl(writer);
        var fields = new FieldWriter(writer, Descriptor.SaslInit);
        fields.Symbol(init.Mechanism);
        if (init.InitialResponse is { } response) fields.Binary(response);
        else fields.Null();
        fields.Text(init.HostName);
        fields.End();
        FrameWriter.End(writer, mark);
    }

    /// <summary>Writes a challenge.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="bytes">What it carries.</param>
    public static void WriteChallenge(AmqpWriter writer, ReadOnlySpan<byte> bytes) => WriteStep(writer, Descriptor.SaslChallenge, bytes);

    /// <summary>Writes a response.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="bytes">What it carries.</param>
    public static void WriteResponse(AmqpWriter writer, ReadOnlySpan<byte> bytes) => WriteStep(writer, Descriptor.SaslResponse, bytes);

    /// <summary>Writes the outcome.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="code">0 ok, 1 auth, 2 sys, 3 sys-perm, 4 sys-temp.</param>
    public static void WriteOutcome(AmqpWriter writer, byte code)
    {
        int mark = FrameWriter.BeginSasl(writer);
        var fields = new FieldWriter(writer, Descriptor.SaslOutcome);
        fields.UByte(code);
        fields.End();
        FrameWriter.End(writer, mark);
    }

    private static void WriteStep(AmqpWriter writer, ulong descriptor, ReadOnlySpan<byte> bytes)
    {
        int mark = FrameWriter.BeginSasl(writer);
        var fields = new FieldWriter(writer, descriptor);
        fields.Binary(bytes);
        fields.End();
        FrameWriter.End(writer, mark);
    }
}
