using System.Text;

namespace Fairlead.Protocols.Mqtt;

/// <summary>Strings to UTF-8 without replacement characters.</summary>
internal static class StrictUtf8
{
    /// <summary>Counts the UTF-8 bytes of a string; false when it holds a lone surrogate.</summary>
    public static bool TryGetByteCount(ReadOnlySpan<char> value, out int count)
    {
        count = 0;
        while (!value.IsEmpty)
        {
            int surrogate = value.IndexOfAnyInRange('\uD800', '\uDFFF');
            if (surrogate < 0)
            {
                count += Encoding.UTF8.GetByteCount(value);
                return true;
            }

            if (Rune.DecodeFromUtf16(value[surrogate..], out _, out int consumed) != System.Buffers.OperationStatus.Done)
                return false;
            count += Encoding.UTF8.GetByteCount(value[..surrogate]) + 4;
            value = value[(surrogate + consumed)..];
        }

        return true;
    }
}
