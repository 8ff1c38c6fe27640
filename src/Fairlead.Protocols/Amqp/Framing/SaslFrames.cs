using Fairlead.Protocols.Amqp.Reading;

namespace Fairlead.Protocols.Amqp;

/// <summary>Chooses a mechanism; <see cref="ToString"/> shows no secret.</summary>
/// <param name="Mechanism">The mechanism.</param>
/// <param name="InitialResponse">First bytes; null for none.</param>
/// <param name="HostName">The host that is meant; null when not given.</param>
public sealed record SaslInit(string Mechanism, byte[]? InitialResponse, string? HostName)
{
    /// <inheritdoc/>
    public override string ToString() => Mechanism;
}

/// <summary>Reads SASL frames; as <see cref="PerformativeReader"/> does.</summary>
public static class SaslReader
{
    /// <summary>Reads the mechanisms that a server offers.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="mechanisms">Their names.</param>
    public static AmqpError? ReadMechanisms(ref AmqpReader reader, out string[] mechanisms)
    {
        var fields = FieldReader.Enter(ref reader);
        mechanisms = fields.Symbols(required: true) ?? [];
        return PerformativeReader.Fault(fields.Error, "sasl-mechanisms");
    }

    /// <summary>Reads the mechanism that a client chooses.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="init">The frame.</param>
    public static AmqpError? ReadInit(ref AmqpReader reader, out SaslInit init)
    {
        var fields = FieldReader.Enter(ref reader);
        init = new SaslInit(fields.Symbol(required: true) ?? "", fields.Bytes(), fields.Text());
        return PerformativeReader.Fault(fields.Error, "sasl-init");
    }

    /// <summary>Reads a challenge or a response.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="bytes">What it carries.</param>
    public static AmqpError? ReadStep(ref AmqpReader reader, out byte[] bytes)
    {
        var fields = FieldReader.Enter(ref reader);
        bytes = fields.Bytes() ?? [];
        return PerformativeReader.Fault(fields.Error, "sasl-challenge or sasl-response");
    }

    /// <summary>Reads the outcome.</summary>
    /// <param name="reader">The cursor.</param>
    /// <param name="code">0 ok, 1 auth, 2 sys, 3 sys-perm, 4 sys-temp.</param>
    public static AmqpError? ReadOutcome(ref AmqpReader reader, out byte code)
    {
        var fields = FieldReader.Enter(ref reader);
        code = fields.UByte(required: true) ?? 1;
        return PerformativeReader.Fault(fields.Error, "sasl-outcome");
    }
}
