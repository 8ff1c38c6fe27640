using System.Runtime.InteropServices;

namespace Fairlead.Protocols.Amqp;

/// <summary>What the body of a message is made of.</summary>
public enum BodyKind : byte
{
    /// <summary>No body; tolerated (spec 7.3).</summary>
    None,

    /// <summary>Data sections.</summary>
    Data,

    /// <summary>Sequence sections.</summary>
    Sequence,

    /// <summary>One value.</summary>
    Value,
}

/// <summary>
/// An encoded message looked at in place: where its sections are. Sections are read when asked for; nothing is copied or allocated before that.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public ref struct MessageView
{
    private ReadOnlySpan<byte> _header;
    private ReadOnlySpan<byte> _deliveryAnnotations;
    private ReadOnlySpan<byte> _messageAnnotations;
    private ReadOnlySpan<byte> _properties;
    private ReadOnlySpan<byte> _applicationProperties;
    private ReadOnlySpan<byte> _footer;

    /// <summary>What the body is.</summary>
    public BodyKind Body { get; private set; }

    /// <summary>Sections of the body.</summary>
    public int BodySections { get; private set; }

    /// <summary>The whole body, encoded: all its sections with their descriptors.</summary>
    public ReadOnlySpan<byte> EncodedBody { get; private set; }

    /// <summary>Bytes of the first data section; empty when there is none.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>The properties section, encoded, without its descriptor; empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> EncodedProperties => _properties;

    /// <summary>The application-properties section, encoded, without its descriptor; empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> EncodedApplicationProperties => _applicationProperties;

    /// <summary>Finds the sections. They must be in the order of the standard, each once but those of the body.</summary>
    /// <param name="payload">The encoded message; empty for a message of no sections.</param>
    /// <param name="view">The sections.</param>
    /// <param name="error">What is wrong; null when it could be read.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, out MessageView view, out AmqpError? error)
    {
        view = default;
        error = null;
        var reader = new AmqpReader(payload);
        ulong last = 0;
        while (!reader.IsAtEnd)
        {
            var start = reader.Rest;
            if (!reader.TryReadDescriptor(out ulong descriptor)) break;
            bool repeats = descriptor == last && descriptor is Descriptor.Data or Descriptor.Sequence;
            bool mixes = view.Body != BodyKind.None && descriptor < Descriptor.Footer && !repeats;
            if (descriptor is < Descriptor.Header or > Descriptor.Footer || (descriptor <= last && !repeats) || mixes)
            {
                reader.Fail("a section of a message is unknown or out of order");
                break;
            }

            last = descriptor;
            var value = reader.Rest;
            if (!reader.TrySkip()) break;
            value = value[..(value.Length - reader.Rest.Length)];
            if (!view.Keep(descriptor, value, start[..(start.Length - reader.Rest.Length)], payload))
            {
                reader.Fail("a section of a message is not of its type");
                break;
            }
        }

        if (reader.Error is null) return true;
        error = new AmqpError(AmqpCondition.DecodeError, $"message: {reader.Error}");
        return false;
    }

    /// <summary>Reads the header section; null when there is none.</summary>
    /// <param name="header">The section.</param>
    public readonly bool TryReadHeader(out MessageHeader? header)
    {
        header = null;
        if (_header.IsEmpty) return true;
        var reader = new AmqpReader(_header);
        return MessageHeader.TryRead(ref reader, out header) is null;
    }

    /// <summary>Reads the properties section; null when there is none.</summary>
    /// <param name="properties">The section.</param>
    public readonly bool TryReadProperties(out MessageProperties? properties)
    {
        properties = null;
        if (_properties.IsEmpty) return true;
        var reader = new AmqpReader(_properties);
        return MessageProperties.TryRead(ref reader, out properties) is null;
    }

    /// <summary>Reads the delivery-annotations; null when there are none.</summary>
    /// <param name="map">The pairs.</param>
    public readonly bool TryReadDeliveryAnnotations(out AmqpMap? map) => TryReadMap(_deliveryAnnotations, out map);

    /// <summary>Reads the message-annotations; null when there are none.</summary>
    /// <param name="map">The pairs.</param>
    public readonly bool TryReadMessageAnnotations(out AmqpMap? map) => TryReadMap(_messageAnnotations, out map);

    /// <summary>Reads the application-properties; null when there are none.</summary>
    /// <param name="map">The pairs.</param>
    public readonly bool TryReadApplicationProperties(out AmqpMap? map) => TryReadMap(_applicationProperties, out map);

    /// <summary>Reads the footer; null when there is none.</summary>
    /// <param name="map">The pairs.</param>
    public readonly bool TryReadFooter(out AmqpMap? map) => TryReadMap(_footer, out map);

    /// <summary>Looks for one application-property without reading the others.</summary>
    /// <param name="name">Its name, UTF-8.</param>
    /// <param name="value">Its value; null when there is none.</param>
    public readonly bool TryFindApplicationProperty(ReadOnlySpan<byte> name, out AmqpValue value) => TryFind(_applicationProperties, name, out value);

    /// <summary>Looks for one message-annotation without reading the others.</summary>
    /// <param name="name">Its name, ASCII.</param>
    /// <param name="value">Its value; null when there is none.</param>
    public readonly bool TryFindMessageAnnotation(ReadOnlySpan<byte> name, out AmqpValue value) => TryFind(_messageAnnotations, name, out value);

    /// <summary>Reads the value of a body that is one value, or its first sequence as a list.</summary>
    /// <param name="value">The value.</param>
    public readonly bool TryReadBodyValue(out AmqpValue value)
    {
        value = default;
        if (Body is not (BodyKind.Value or BodyKind.Sequence)) return false;
        var reader = new AmqpReader(EncodedBody);
        return reader.TryReadDescriptor(out _) && reader.TryReadValue(out value);
    }

    /// <summary>Cuts the next data section off an encoded body.</summary>
    /// <param name="body">At first <see cref="EncodedBody"/>; becomes what follows.</param>
    /// <param name="data">Its bytes.</param>
    public static bool TryReadData(scoped ref ReadOnlySpan<byte> body, out ReadOnlySpan<byte> data)
    {
        data = default;
        var reader = new AmqpReader(body);
        if (reader.IsAtEnd || !reader.TryReadDescriptor(out ulong descriptor) || descriptor != Descriptor.Data || !reader.TryReadBinary(out data)) return false;
        body = body[(body.Length - reader.Rest.Length)..];
        return true;
    }

    private bool Keep(ulong descriptor, ReadOnlySpan<byte> value, ReadOnlySpan<byte> section, ReadOnlySpan<byte> payload)
    {
        switch (descriptor)
        {
            case Descriptor.Header: _header = value; return IsList(value);
            case Descriptor.DeliveryAnnotations: _deliveryAnnotations = value; return IsMap(value);
            case Descriptor.MessageAnnotations: _messageAnnotations = value; return IsMap(value);
            case Descriptor.Properties: _properties = value; return IsList(value);
            case Descriptor.ApplicationProperties: _applicationProperties = value; return IsMap(value);
            case Descriptor.Footer: _footer = value; return IsMap(value);
            case Descriptor.Data:
                var reader = new AmqpReader(value);
                if (!reader.TryReadBinary(out var data)) return false;
                if (BodySections == 0) Data = data;
                break;
            case Descriptor.Sequence when !IsList(value):
                return false;
        }

        Body = descriptor switch { Descriptor.Data => BodyKind.Data, Descriptor.Sequence => BodyKind.Sequence, _ => BodyKind.Value };
        BodySections++;

        // Sections of a body follow each other, so the body ends where this section does.
        if (BodySections == 1)
        {
            EncodedBody = section;
            return true;
        }

        payload.Overlaps(EncodedBody, out int start);
        payload.Overlaps(section, out int last);
        EncodedBody = payload[start..(last + section.Length)];
        return true;
    }

    private static bool IsList(ReadOnlySpan<byte> value) => value[0] is FormatCode.List0 or FormatCode.List8 or FormatCode.List32;

    private static bool IsMap(ReadOnlySpan<byte> value) => value[0] is FormatCode.Map8 or FormatCode.Map32;

    private static bool TryReadMap(ReadOnlySpan<byte> section, out AmqpMap? map)
    {
        map = null;
        if (section.IsEmpty) return true;
        var reader = new AmqpReader(section);
        return reader.TryReadMap(out map);
    }

    private static bool TryFind(ReadOnlySpan<byte> section, ReadOnlySpan<byte> name, out AmqpValue value)
    {
        value = default;
        if (section.IsEmpty) return false;
        var reader = new AmqpReader(section);
        if (!reader.TryReadMap(out int pairs, out AmqpReader elements)) return false;
        for (int i = 0; i < pairs; i++)
        {
            if (!elements.TryReadText(out var key)) return false;
            if (key.SequenceEqual(name)) return elements.TryReadValue(out value);
            if (!elements.TrySkip()) return false;
        }

        return false;
    }
}
