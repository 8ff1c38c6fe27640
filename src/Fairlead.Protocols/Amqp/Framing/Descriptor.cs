namespace Fairlead.Protocols.Amqp;

/// <summary>Numbers of the described types of the standard, and their symbolic names (spec 7.3).</summary>
public static class Descriptor
{
    /// <summary>open.</summary>
    public const ulong Open = 0x10;

    /// <summary>begin.</summary>
    public const ulong Begin = 0x11;

    /// <summary>attach.</summary>
    public const ulong Attach = 0x12;

    /// <summary>flow.</summary>
    public const ulong Flow = 0x13;

    /// <summary>transfer.</summary>
    public const ulong Transfer = 0x14;

    /// <summary>disposition.</summary>
    public const ulong Disposition = 0x15;

    /// <summary>detach.</summary>
    public const ulong Detach = 0x16;

    /// <summary>end.</summary>
    public const ulong End = 0x17;

    /// <summary>close.</summary>
    public const ulong Close = 0x18;

    /// <summary>error.</summary>
    public const ulong Error = 0x1d;

    /// <summary>received.</summary>
    public const ulong Received = 0x23;

    /// <summary>accepted.</summary>
    public const ulong Accepted = 0x24;

    /// <summary>rejected.</summary>
    public const ulong Rejected = 0x25;

    /// <summary>released.</summary>
    public const ulong Released = 0x26;

    /// <summary>modified.</summary>
    public const ulong Modified = 0x27;

    /// <summary>source.</summary>
    public const ulong Source = 0x28;

    /// <summary>target.</summary>
    public const ulong Target = 0x29;

    /// <summary>coordinator of transactions.</summary>
    public const ulong Coordinator = 0x30;

    /// <summary>SASL mechanisms.</summary>
    public const ulong SaslMechanisms = 0x40;

    /// <summary>SASL init.</summary>
    public const ulong SaslInit = 0x41;

    /// <summary>SASL challenge.</summary>
    public const ulong SaslChallenge = 0x42;

    /// <summary>SASL response.</summary>
    public const ulong SaslResponse = 0x43;

    /// <summary>SASL outcome.</summary>
    public const ulong SaslOutcome = 0x44;

    /// <summary>header of a message.</summary>
    public const ulong Header = 0x70;

    /// <summary>delivery-annotations.</summary>
    public const ulong DeliveryAnnotations = 0x71;

    /// <summary>message-annotations.</summary>
    public const ulong MessageAnnotations = 0x72;

    /// <summary>properties.</summary>
    public const ulong Properties = 0x73;

    /// <summary>application-properties.</summary>
    public const ulong ApplicationProperties = 0x74;

    /// <summary>data.</summary>
    public const ulong Data = 0x75;

    /// <summary>amqp-sequence.</summary>
    public const ulong Sequence = 0x76;

    /// <summary>amqp-value.</summary>
    public const ulong Value = 0x77;

    /// <summary>footer.</summary>
    public const ulong Footer = 0x78;

    /// <summary>The number of a symbolic name; 0 for one that the standard does not have.</summary>
    /// <param name="name">Such as <c>amqp:open:list</c>.</param>
    public static ulong Find(ReadOnlySpan<byte> name)
    {
        if (!name.StartsWith("amqp:"u8)) return 0;
        var rest = name[5..];
        foreach (var (number, known) in Names)
        {
            if (rest.Length == known.Length && System.Text.Ascii.Equals(rest, known)) return number;
        }

        return 0;
    }

    private static readonly (ulong Number, string Name)[] Names =
    [
        (Open, "open:list"), (Begin, "begin:list"), (Attach, "attach:list"), (Flow, "flow:list"), (Transfer, "transfer:list"),
        (Disposition, "disposition:list"), (Detach, "detach:list"), (End, "end:list"), (Close, "close:list"), (Error, "error:list"),
        (Received, "received:list"), (Accepted, "accepted:list"), (Rejected, "rejected:list"), (Released, "released:list"),
        (Modified, "modified:list"), (Source, "source:list"), (Target, "target:list"), (Coordinator, "coordinator:list"),
        (SaslMechanisms, "sasl-mechanisms:list"), (SaslInit, "sasl-init:list"), (SaslChallenge, "sasl-challenge:list"),
        (SaslResponse, "sasl-response:list"), (SaslOutcome, "sasl-outcome:list"), (Header, "header:list"),
        (DeliveryAnnotations, "delivery-annotations:map"), (MessageAnnotations, "message-annotations:map"), (Properties, "properties:list"),
        (ApplicationProperties, "application-properties:map"), (Data, "data:binary"), (Sequence, "amqp-sequence:list"),
        (Value, "amqp-value:*"), (Footer, "footer:map"),
    ];
}
