using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Fairlead.Features.IotHub.Messages;

/// <summary>
/// The stored form of an <see cref="IotMessage"/>: a version byte, fixed-width numbers, then texts and body, each behind its length (-1 for null).
/// </summary>
internal static class IotMessageCodec
{
    private const byte Version = 1;

    /// <summary>Writes a message.</summary>
    public static void Write(IBufferWriter<byte> output, IotMessage message)
    {
        var head = output.GetSpan(10);
        head[0] = Version;
        head[1] = (byte)message.Ack;
        BinaryPrimitives.WriteInt64LittleEndian(head[2..], message.ExpiresAt?.ToUnixTimeMilliseconds() ?? long.MinValue);
        output.Advance(10);
        WriteText(output, message.MessageId);
        WriteText(output, message.CorrelationId);
        WriteText(output, message.UserId);
        WriteText(output, message.To);
        WriteText(output, message.ContentType);
        WriteText(output, message.ContentEncoding);
        WriteText(output, message.CreatedAt);
        WriteText(output, message.Schema);
        WriteText(output, message.OutputName);
        WriteText(output, message.InterfaceId);
        WriteText(output, message.Subject);
        WriteText(output, message.Operation);
        WriteText(output, message.DiagnosticId);
        WriteText(output, message.DiagnosticContext);
        WriteLength(output, message.Properties.Count);
        foreach (var (name, value) in message.Properties)
        {
            WriteText(output, name);
            WriteText(output, value);
        }

        WriteLength(output, message.Body.Length);
        output.Write(message.Body.Span);
    }

    /// <summary>Writes a text; null differs from empty.</summary>
    public static void WriteText(IBufferWriter<byte> output, string? text)
    {
        if (text is null)
        {
            WriteLength(output, -1);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        WriteLength(output, length);
        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
    }

    /// <summary>Reads a message from the front.</summary>
    /// <param name="input">The bytes; what follows the message is left.</param>
    /// <param name="message">The message, with a body of its own.</param>
    /// <returns>False when the bytes are no such message.</returns>
    public static bool TryRead(ref ReadOnlySpan<byte> input, [NotNullWhen(true)] out IotMessage? message)
    {
        message = null;
        if (input.Length < 10 || input[0] != Version || input[1] > (byte)AckRequest.Full) return false;
        var ack = (AckRequest)input[1];
        var expires = BinaryPrimitives.ReadInt64LittleEndian(input[2..]);
        input = input[10..];
        var texts = new string?[14];
        for (var i = 0; i < texts.Length; i++)
        {
            if (!TryReadText(ref input, out texts[i])) return false;
        }

        if (!TryReadProperties(ref input, out var properties) || !TryReadLength(ref input, out var length) || length < 0 || length > input.Length) return false;
        message = new IotMessage
        {
            Ack = ack,
            ExpiresAt = expires == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(expires),
            MessageId = texts[0],
            CorrelationId = texts[1],
            UserId = texts[2],
            To = texts[3],
            ContentType = texts[4],
            ContentEncoding = texts[5],
            CreatedAt = texts[6],
            Schema = texts[7],
            OutputName = texts[8],
            InterfaceId = texts[9],
            Subject = texts[10],
            Operation = texts[11],
            DiagnosticId = texts[12],
            DiagnosticContext = texts[13],
            Properties = properties,
            Body = input[..length].ToArray(),
        };
        input = input[length..];
        return true;
    }

    /// <summary>Reads a text from the front.</summary>
    public static bool TryReadText(ref ReadOnlySpan<byte> input, out string? text)
    {
        text = null;
        if (!TryReadLength(ref input, out var length)) return false;
        if (length < 0) return length == -1;
        if (length > input.Length) return false;
        text = Encoding.UTF8.GetString(input[..length]);
        input = input[length..];
        return true;
    }

    private static bool TryReadProperties(ref ReadOnlySpan<byte> input, out KeyValuePair<string, string?>[] properties)
    {
        properties = [];
        // A property takes eight bytes at least: a length that is damaged must not be believed.
        if (!TryReadLength(ref input, out var count) || count < 0 || count > input.Length / 8) return false;
        if (count > 0) properties = new KeyValuePair<string, string?>[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadText(ref input, out var name) || name is null || !TryReadText(ref input, out var value)) return false;
            properties[i] = new(name, value);
        }

        return true;
    }

    private static void WriteLength(IBufferWriter<byte> output, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), length);
        output.Advance(4);
    }

    private static bool TryReadLength(ref ReadOnlySpan<byte> input, out int length)
    {
        length = 0;
        if (input.Length < 4) return false;
        length = BinaryPrimitives.ReadInt32LittleEndian(input);
        input = input[4..];
        return true;
    }
}
