namespace Fairlead.Protocols.Amqp;

/// <summary>A whole message, read or to be written. Sections that are null are left out.</summary>
public sealed record AmqpMessage
{
    /// <summary>Header.</summary>
    public MessageHeader? Header { get; init; }

    /// <summary>Delivery-annotations; keys are symbols.</summary>
    public AmqpMap? DeliveryAnnotations { get; init; }

    /// <summary>Message-annotations; keys are symbols.</summary>
    public AmqpMap? MessageAnnotations { get; init; }

    /// <summary>Properties.</summary>
    public MessageProperties? Properties { get; init; }

    /// <summary>Application-properties; keys are strings.</summary>
    public AmqpMap? ApplicationProperties { get; init; }

    /// <summary>Data sections of the body; empty when the body is something else.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Data { get; init; } = [];

    /// <summary>Sequence sections of the body, each a list; empty when the body is something else.</summary>
    public IReadOnlyList<AmqpValue> Sequences { get; init; } = [];

    /// <summary>The body's one value; null when the body is something else. A value that is null is written as such when <see cref="HasValue"/>.</summary>
    public AmqpValue Value { get; init; }

    /// <summary>Whether the body is one value.</summary>
    public bool HasValue { get; init; }

    /// <summary>Footer; keys are symbols.</summary>
    public AmqpMap? Footer { get; init; }

    /// <summary>Reads a message; everything is copied.</summary>
    /// <param name="payload">The encoded message.</param>
    /// <param name="message">The message.</param>
    /// <param name="error">What is wrong; null when it could be read.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, out AmqpMessage message, out AmqpError? error)
    {
        message = new AmqpMessage();
        if (!MessageView.TryRead(payload, out MessageView view, out error)) return false;
        AmqpValue value = default;
        var sequences = new List<AmqpValue>();
        bool whole = view.TryReadHeader(out var header) & view.TryReadProperties(out var properties)
            & view.TryReadDeliveryAnnotations(out var deliveryAnnotations) & view.TryReadMessageAnnotations(out var messageAnnotations)
            & view.TryReadApplicationProperties(out var applicationProperties) & view.TryReadFooter(out var footer)
            & (view.Body != BodyKind.Value || view.TryReadBodyValue(out value))
            & (view.Body != BodyKind.Sequence || TryReadSequences(view.EncodedBody, sequences));
        if (!whole)
        {
            error = new AmqpError(AmqpCondition.DecodeError, "message: a section cannot be read");
            return false;
        }

        var data = new List<ReadOnlyMemory<byte>>(view.Body == BodyKind.Data ? view.BodySections : 0);
        var body = view.EncodedBody;
        while (view.Body == BodyKind.Data && MessageView.TryReadData(ref body, out var section)) data.Add(section.ToArray());
        message = new AmqpMessage
        {
            Header = header,
            DeliveryAnnotations = deliveryAnnotations,
            MessageAnnotations = messageAnnotations,
            Properties = properties,
            ApplicationProperties = applicationProperties,
            Data = data,
            Sequences = sequences,
            Value = value,
            HasValue = view.Body == BodyKind.Value,
            Footer = footer,
        };
        return true;
    }

    /// <summary>Writes the message.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(AmqpWriter writer)
    {
        Header?.Write(writer);
        WriteMap(writer, Descriptor.DeliveryAnnotations, DeliveryAnnotations);
        WriteMap(writer, Descriptor.MessageAnnotations, MessageAnnotations);
        Properties?.Write(writer);
        WriteMap(writer, Descriptor.ApplicationProperties, ApplicationProperties);
        foreach (var section in Data)
        {
            writer.WriteDescriptor(Descriptor.Data);
            writer.WriteBinary(section.Span);
        }

        foreach (var sequence in Sequences)
        {
            writer.WriteDescriptor(Descriptor.Sequence);
            writer.WriteValue(sequence);
        }

        if (HasValue || !Value.IsNull)
        {
            writer.WriteDescriptor(Descriptor.Value);
            writer.WriteValue(Value);
        }

        WriteMap(writer, Descriptor.Footer, Footer);
    }

    /// <summary>The encoded message in an array of its own.</summary>
    public byte[] Encode()
    {
        using var writer = new AmqpWriter();
        Write(writer);
        return writer.Written.ToArray();
    }

    private static void WriteMap(AmqpWriter writer, ulong descriptor, AmqpMap? map)
    {
        if (map is null) return;
        writer.WriteDescriptor(descriptor);
        writer.WriteMap(map);
    }

    private static bool TryReadSequences(ReadOnlySpan<byte> body, List<AmqpValue> sequences)
    {
        var reader = new AmqpReader(body);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadDescriptor(out _) || !reader.TryReadValue(out var list)) return false;
            sequences.Add(list);
        }

        return true;
    }
}
