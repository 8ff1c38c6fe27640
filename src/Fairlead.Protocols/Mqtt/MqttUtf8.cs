using System.Text.Unicode;

namespace Fairlead.Protocols.Mqtt;

/// <summary>UTF-8 as MQTT allows it (MQTT 5, section 1.5.4).</summary>
public static class MqttUtf8
{
    /// <summary>Longest UTF-8 Encoded String in bytes.</summary>
    public const int MaxLength = ushort.MaxValue;

    /// <summary>Whether the bytes are well formed, hold no surrogates [MQTT-1.5.4-1] and no U+0000 [MQTT-1.5.4-2].</summary>
    /// <param name="utf8">The bytes, without their length.</param>
    /// <returns>True when they may stand in a packet.</returns>
    public static bool IsValid(ReadOnlySpan<byte> utf8) =>
        // ASCII without U+0000 needs one pass only.
        !utf8.ContainsAnyExceptInRange((byte)0x01, (byte)0x7F) || (!utf8.Contains((byte)0) && Utf8.IsValid(utf8));
}
