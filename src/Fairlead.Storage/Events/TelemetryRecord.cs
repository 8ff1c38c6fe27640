using System.Buffers.Binary;
using System.Text;
using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Messages;

namespace Fairlead.Storage.Events;

/// <summary>
/// Telemetry events to records and back: a list of fields, each a tag (1 byte), a length (LEB128) and bytes. A field that is absent is not
/// written; a tag that this version does not know is skipped, so that newer records stay readable.
/// </summary>
internal static class TelemetryRecord
{
    private enum Tag : byte
    {
        DeviceId = 1,
        ModuleId = 2,
        AuthMethod = 3,
        GenerationId = 4,
        Kind = 5,
        Body = 6,
        MessageId = 7,
        CorrelationId = 8,
        UserId = 9,
        To = 10,
        ContentType = 11,
        ContentEncoding = 12,
        ExpiresAt = 13,
        CreatedAt = 14,
        Ack = 15,
        Schema = 16,
        OutputName = 17,
        InterfaceId = 18,
        Subject = 19,
        Operation = 20,
        DiagnosticId = 21,
        DiagnosticContext = 22,
        PropertyName = 23,

        /// <summary>Of the property named last; a name without value is null.</summary>
        PropertyValue = 24,
    }

    /// <summary>Writes an event, with its length in front as <see cref="EventStore.TryAppend"/> takes it.</summary>
    public static void Write(TelemetryEvent item, FrameBuffer output)
    {
        var start = output.Begin();
        var message = item.Message;
        Text(output, Tag.DeviceId, item.Source.DeviceId);
        Text(output, Tag.ModuleId, item.Source.ModuleId);
        Text(output, Tag.AuthMethod, item.AuthMethod);
        if (item.GenerationId.Length > 0) Text(output, Tag.GenerationId, item.GenerationId);
        if (!string.Equals(item.Kind, TelemetryEventKind.Telemetry, StringComparison.Ordinal)) Text(output, Tag.Kind, item.Kind);
        Text(output, Tag.MessageId, message.MessageId);
        Text(output, Tag.CorrelationId, message.CorrelationId);
        Text(output, Tag.UserId, message.UserId);
        Text(output, Tag.To, message.To);
        Text(output, Tag.ContentType, message.ContentType);
        Text(output, Tag.ContentEncoding, message.ContentEncoding);
        if (message.ExpiresAt is { } expiry)
        {
            Span<byte> number = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(number, expiry.ToUnixTimeMilliseconds());
            Bytes(output, Tag.ExpiresAt, number);
        }

        Text(output, Tag.CreatedAt, message.CreatedAt);
        if (message.Ack != AckRequest.None) Bytes(output, Tag.Ack, [(byte)message.Ack]);
        Text(output, Tag.Schema, message.Schema);
        Text(output, Tag.OutputName, message.OutputName);
        Text(output, Tag.InterfaceId, message.InterfaceId);
        Text(output, Tag.Subject, message.Subject);
        Text(output, Tag.Operation, message.Operation);
        Text(output, Tag.DiagnosticId, message.DiagnosticId);
        Text(output, Tag.DiagnosticContext, message.DiagnosticContext);
        for (var i = 0; i < message.Properties.Count; i++)
        {
            Text(output, Tag.PropertyName, message.Properties[i].Key);
            Text(output, Tag.PropertyValue, message.Properties[i].Value);
        }

        Bytes(output, Tag.Body, message.Body.Span);
        output.End(start);
    }

    /// <summary>Reads an event.</summary>
    /// <param name="record">The record; the body of the message stays in it.</param>
    /// <param name="time">When it was enqueued, in milliseconds of the Unix epoch.</param>
    /// <returns>Null for a record that is damaged.</returns>
    public static TelemetryEvent? Read(ReadOnlyMemory<byte> record, long time)
    {
        var fields = new Fields();
        while (record.Length > 0)
        {
            if (!TryTake(ref record, out var tag, out var value)) return null;
            fields.Take(tag, value);
        }

        return fields.DeviceId is null
            ? null
            : new TelemetryEvent(
                new IdentityName(fields.DeviceId, fields.ModuleId), fields.Message(), time, fields.AuthMethod, fields.GenerationId, fields.Kind);
    }

    private static void Text(FrameBuffer output, Tag tag, string? text)
    {
        if (text is null) return;
        output.Write((byte)tag);
        output.WriteText(text);
    }

    private static void Bytes(FrameBuffer output, Tag tag, ReadOnlySpan<byte> bytes)
    {
        output.Write((byte)tag);
        output.WriteBytes(bytes);
    }

    private static bool TryTake(ref ReadOnlyMemory<byte> record, out Tag tag, out ReadOnlyMemory<byte> value)
    {
        var bytes = record.Span;
        tag = (Tag)bytes[0];
        value = default;
        var length = 0;
        for (int at = 1, shift = 0; at < bytes.Length && shift < 32; at++, shift += 7)
        {
            length |= (bytes[at] & 0x7F) << shift;
            if ((bytes[at] & 0x80) != 0) continue;
            if (length < 0 || length > bytes.Length - at - 1) return false;
            value = record.Slice(at + 1, length);
            record = record[(at + 1 + length)..];
            return true;
        }

        return false;
    }

    private sealed class Fields
    {
        private readonly string?[] _texts = new string?[(int)Tag.PropertyValue + 1];
        private List<KeyValuePair<string, string?>>? _properties;
        private ReadOnlyMemory<byte> _body;
        private DateTimeOffset? _expiry;
        private AckRequest _ack;

        public string? DeviceId => _texts[(int)Tag.DeviceId];

        public string? ModuleId => _texts[(int)Tag.ModuleId];

        public string AuthMethod => _texts[(int)Tag.AuthMethod] ?? "";

        public string GenerationId => _texts[(int)Tag.GenerationId] ?? "";

        public string Kind => _texts[(int)Tag.Kind] ?? TelemetryEventKind.Telemetry;

        public void Take(Tag tag, ReadOnlyMemory<byte> value)
        {
            switch (tag)
            {
                case Tag.Body:
                    _body = value;
                    break;
                case Tag.ExpiresAt when value.Length == sizeof(long):
                    _expiry = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(value.Span));
                    break;
                case Tag.Ack when value.Length == 1:
                    _ack = (AckRequest)value.Span[0];
                    break;
                case Tag.PropertyName:
                    (_properties ??= []).Add(new(Encoding.UTF8.GetString(value.Span), null));
                    break;
                case Tag.PropertyValue when _properties is { Count: > 0 }:
                    _properties[^1] = new(_properties[^1].Key, Encoding.UTF8.GetString(value.Span));
                    break;
                default:
                    if ((int)tag < _texts.Length) _texts[(int)tag] = Encoding.UTF8.GetString(value.Span);
                    break;
            }
        }

        public IotMessage Message() => new()
        {
            Body = _body,
            MessageId = _texts[(int)Tag.MessageId],
            CorrelationId = _texts[(int)Tag.CorrelationId],
            UserId = _texts[(int)Tag.UserId],
            To = _texts[(int)Tag.To],
            ContentType = _texts[(int)Tag.ContentType],
            ContentEncoding = _texts[(int)Tag.ContentEncoding],
            ExpiresAt = _expiry,
            CreatedAt = _texts[(int)Tag.CreatedAt],
            Ack = _ack,
            Schema = _texts[(int)Tag.Schema],
            OutputName = _texts[(int)Tag.OutputName],
            InterfaceId = _texts[(int)Tag.InterfaceId],
            Subject = _texts[(int)Tag.Subject],
            Operation = _texts[(int)Tag.Operation],
            DiagnosticId = _texts[(int)Tag.DiagnosticId],
            DiagnosticContext = _texts[(int)Tag.DiagnosticContext],
            Properties = _properties ?? [],
        };
    }
}
