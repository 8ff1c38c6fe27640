using System.Buffers;

namespace Fairlead.Protocols.Mqtt;

/// <summary>Topic Names: what a PUBLISH is sent to (MQTT 5, section 4.7).</summary>
public static class TopicName
{
    // One vectorised pass settles the usual case: nothing but ASCII without NUL and wildcards.
    private static readonly SearchValues<byte> Plain = SearchValues.Create(CreatePlain());

    /// <summary>
    /// Whether the bytes are a Topic Name: 1 to 65,535 bytes of valid UTF-8 without wildcards [MQTT-3.3.2-2] [MQTT-4.7.3-1].
    /// </summary>
    /// <param name="utf8">The name.</param>
    /// <returns>True when valid.</returns>
    public static bool IsValid(ReadOnlySpan<byte> utf8) =>
        utf8.Length is > 0 and <= MqttUtf8.MaxLength && (IsPlain(utf8) || (!HasWildcard(utf8) && MqttUtf8.IsValid(utf8)));

    /// <summary>Whether the string is a Topic Name; a lone surrogate makes it none.</summary>
    /// <param name="topic">The name.</param>
    /// <returns>True when valid.</returns>
    public static bool IsValid(string topic)
    {
        if (topic.Length is 0 or > MqttUtf8.MaxLength || topic.AsSpan().IndexOfAny('+', '#', '\0') >= 0)
            return false;
        return StrictUtf8.TryGetByteCount(topic, out int count) && count <= MqttUtf8.MaxLength;
    }

    /// <summary>How many levels the name has: one more than it has slashes.</summary>
    /// <param name="utf8">The name.</param>
    /// <returns>The count, at least 1.</returns>
    public static int CountLevels(ReadOnlySpan<byte> utf8) => utf8.Count((byte)'/') + 1;

    /// <summary>Whether the name starts with <c>$</c>, so that it belongs to the Server [MQTT-4.7.2-1].</summary>
    /// <param name="utf8">The name.</param>
    /// <returns>True when reserved.</returns>
    public static bool IsReserved(ReadOnlySpan<byte> utf8) => utf8.Length > 0 && utf8[0] == (byte)'$';

    /// <summary>Whether all bytes are ASCII other than NUL and the wildcards, in one pass.</summary>
    internal static bool IsPlain(ReadOnlySpan<byte> utf8) => !utf8.ContainsAnyExcept(Plain);

    /// <summary>Whether a wildcard character stands anywhere.</summary>
    internal static bool HasWildcard(ReadOnlySpan<byte> utf8) => utf8.ContainsAny((byte)'+', (byte)'#');

    private static byte[] CreatePlain()
    {
        var plain = new List<byte>(128);
        for (byte value = 1; value < 0x80; value++)
        {
            if (value is not ((byte)'+' or (byte)'#'))
                plain.Add(value);
        }

        return [.. plain];
    }
}
