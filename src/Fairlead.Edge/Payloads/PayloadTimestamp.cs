using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Fairlead.Edge.Ditto;
using Fairlead.Edge.Json;

namespace Fairlead.Edge.Payloads;

/// <summary>
/// Gives Ditto envelopes the time at which they arrived, by editing their text: all other bytes stay as they are. Whatever is no Ditto
/// envelope stays untouched (spec/kanto-edge, section 7).
/// </summary>
internal static class PayloadTimestamp
{
    /// <summary>Writes the payload with its stamp; false, with nothing written, when it is to go out as it came.</summary>
    /// <param name="payload">Payload of a telemetry or event message.</param>
    /// <param name="unixMilliseconds">Time of arrival at the connector.</param>
    /// <param name="mode">When to stamp.</param>
    /// <param name="output">Gets the edited payload.</param>
    public static bool TryStamp(ReadOnlyMemory<byte> payload, long unixMilliseconds, TimestampMode mode, IBufferWriter<byte> output) =>
        mode != TimestampMode.Never && DittoEnvelope.TryRead(payload) is { } envelope && TryStamp(payload.Span, envelope, unixMilliseconds, mode, output);

    private static bool TryStamp(ReadOnlySpan<byte> payload, DittoEnvelope envelope, long unixMilliseconds, TimestampMode mode, IBufferWriter<byte> output)
    {
        if (envelope.HeadersRange is not { } range)
        {
            int end = payload.LastIndexOf((byte)'}');
            Splice(output, payload, end..end, ",\"headers\":{\"x-timestamp\":"u8, unixMilliseconds, "}"u8);
            return true;
        }

        var headers = payload[range];
        if (headers.SequenceEqual("null"u8))
        {
            Splice(output, payload, range, "{\"x-timestamp\":"u8, unixMilliseconds, "}"u8);
            return true;
        }

        if (headers[0] != (byte)'{') return false; // a value that cannot take a stamp, and is not ours to destroy
        int offset = range.Start.GetOffset(payload.Length);
        if (Find(headers, out bool isNumber, out bool isEmpty) is { } stamp)
        {
            if (isNumber && mode == TimestampMode.IfAbsent) return false;
            Splice(output, payload, (offset + stamp.Start.Value)..(offset + stamp.End.Value), default, unixMilliseconds, default);
            return true;
        }

        int close = offset + headers.Length - 1;
        Splice(output, payload, close..close, isEmpty ? "\"x-timestamp\":"u8 : ",\"x-timestamp\":"u8, unixMilliseconds, default);
        return true;
    }

    /// <summary>Place of the value of the last <c>x-timestamp</c> in the headers; null when there is none.</summary>
    private static Range? Find(ReadOnlySpan<byte> headers, out bool isNumber, out bool isEmpty)
    {
        var reader = new Utf8JsonReader(headers, JsonText.ReaderOptions);
        Range? found = null;
        isNumber = false;
        isEmpty = true;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            bool isStamp = reader.ValueTextEquals("x-timestamp"u8);
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            bool number = reader.TokenType == JsonTokenType.Number;
            reader.Skip();
            if (isStamp) (found, isNumber) = (start..(int)reader.BytesConsumed, number);
        }

        return found;
    }

    private static void Splice(
        IBufferWriter<byte> output, ReadOnlySpan<byte> payload, Range replaced, ReadOnlySpan<byte> before, long number, ReadOnlySpan<byte> after)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int length);
        output.Write(payload[..replaced.Start]);
        output.Write(before);
        output.Write(digits[..length]);
        output.Write(after);
        output.Write(payload[replaced.End..]);
    }
}
