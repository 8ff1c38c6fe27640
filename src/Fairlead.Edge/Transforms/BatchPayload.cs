using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Fairlead.Edge.Spool;

namespace Fairlead.Edge.Transforms;

/// <summary>
/// Several payloads in one: a JSON array when each is JSON, with their bytes as they are; else frames, each a length of four bytes, big
/// endian, and the payload. The first byte tells: <c>[</c>, or zero, because no payload is that long.
/// </summary>
internal static class BatchPayload
{
    /// <summary>Content Type of an array.</summary>
    public const string JsonType = "application/json";

    /// <summary>Content Type of frames.</summary>
    public const string FramesType = "application/vnd.fairlead.frames";

    /// <summary>Writes them.</summary>
    public static (byte[] Payload, string ContentType) Write(IReadOnlyList<SpooledMessage> members)
    {
        var target = new ArrayBufferWriter<byte>(members.Sum(static member => member.Payload.Length + sizeof(int)) + 2);
        var isJson = members.All(static member => IsJson(member.Payload.Span));
        if (!isJson)
        {
            foreach (var member in members)
            {
                BinaryPrimitives.WriteInt32BigEndian(target.GetSpan(sizeof(int)), member.Payload.Length);
                target.Advance(sizeof(int));
                target.Write(member.Payload.Span);
            }

            return (target.WrittenSpan.ToArray(), FramesType);
        }

        for (var i = 0; i < members.Count; i++)
        {
            target.Write(i == 0 ? "["u8 : ","u8);
            target.Write(members[i].Payload.Span);
        }

        target.Write("]"u8);
        return (target.WrittenSpan.ToArray(), JsonType);
    }

    private static bool IsJson(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return false;
        var reader = new Utf8JsonReader(payload);
        try
        {
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
