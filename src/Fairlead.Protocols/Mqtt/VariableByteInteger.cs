namespace Fairlead.Protocols.Mqtt;

/// <summary>The Variable Byte Integer of MQTT: seven bits a byte, at most four bytes (MQTT 5, section 1.5.5).</summary>
public static class VariableByteInteger
{
    /// <summary>The largest value: 268,435,455.</summary>
    public const int MaxValue = 0x0FFF_FFFF;

    /// <summary>Reads a value from the start of <paramref name="source"/>.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The value.</param>
    /// <param name="bytesRead">Bytes it took.</param>
    /// <returns>
    /// Incomplete when the source ends first; Failed when a fifth byte would be needed. A longer form than necessary is not judged here.
    /// </returns>
    public static DecodeStatus TryRead(ReadOnlySpan<byte> source, out int value, out int bytesRead)
    {
        value = 0;
        bytesRead = 0;
        for (int i = 0; i < 4; i++)
        {
            if (i >= source.Length)
                return DecodeStatus.Incomplete;
            byte current = source[i];
            value |= (current & 0x7F) << (7 * i);
            if (current < 0x80)
            {
                bytesRead = i + 1;
                return DecodeStatus.Complete;
            }
        }

        value = 0;
        return DecodeStatus.Failed;
    }

    /// <summary>Writes a value in its shortest form [MQTT-1.5.5-1].</summary>
    /// <param name="destination">At least <see cref="GetLength"/> bytes.</param>
    /// <param name="value">0 to <see cref="MaxValue"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, int value)
    {
        int i = 0;
        uint rest = (uint)value;
        while (rest >= 0x80)
        {
            destination[i++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        destination[i++] = (byte)rest;
        return i;
    }

    /// <summary>Bytes of the shortest form of <paramref name="value"/>: 1 to 4.</summary>
    /// <param name="value">0 to <see cref="MaxValue"/>.</param>
    /// <returns>The length.</returns>
    public static int GetLength(int value) => value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4;
}
