using System.Buffers;

namespace Fairlead.Features.Shadows.Json;

/// <summary>The tokens of RFC 8259. Each method starts at a position and moves it behind the token; false when there is none.</summary>
internal static class JsonScanner
{
    private static readonly SearchValues<byte> StringStops = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static i => (byte)i), (byte)'"', (byte)'\\']);

    /// <summary>Moves over white space; false when there is none.</summary>
    public static bool SkipSpace(ReadOnlySpan<byte> text, ref int at)
    {
        int start = at;
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at != start;
    }

    /// <summary>A string with its quotes.</summary>
    /// <param name="text">Text; the position is at the opening quote.</param>
    /// <param name="at">Position.</param>
    /// <param name="isEscaped">Whether it contains a backslash.</param>
    public static bool TryString(ReadOnlySpan<byte> text, ref int at, out bool isEscaped)
    {
        isEscaped = false;
        at++;
        while (true)
        {
            int stop = text[at..].IndexOfAny(StringStops);
            if (stop < 0) return false;
            at += stop + 1;
            switch (text[at - 1])
            {
                case (byte)'"':
                    return true;
                case (byte)'\\':
                    isEscaped = true;
                    if (!TryEscape(text, ref at)) return false;
                    break;
                default:
                    return false; // a control character
            }
        }
    }

    /// <summary>A number.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, ref int at)
    {
        if (at < text.Length && text[at] == (byte)'-') at++;
        if (at < text.Length && text[at] == (byte)'0') at++;
        else if (!TryDigits(text, ref at)) return false;
        if (at < text.Length && text[at] == (byte)'.')
        {
            at++;
            if (!TryDigits(text, ref at)) return false;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            if (at < text.Length && text[at] is (byte)'+' or (byte)'-') at++;
            if (!TryDigits(text, ref at)) return false;
        }

        return true;
    }

    /// <summary>A given word, such as <c>null</c>.</summary>
    public static bool TryWord(ReadOnlySpan<byte> text, ref int at, ReadOnlySpan<byte> word)
    {
        if (!text[at..].StartsWith(word)) return false;
        at += word.Length;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, ref int at)
    {
        int start = at;
        while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9') at++;
        return at != start;
    }

    private static bool TryEscape(ReadOnlySpan<byte> text, ref int at)
    {
        if (at >= text.Length) return false;
        switch (text[at++])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return true;
            case (byte)'u':
                for (int end = at + 4; at < end; at++)
                {
                    if (at >= text.Length || !char.IsAsciiHexDigit((char)text[at])) return false;
                }

                return true;
            default:
                return false;
        }
    }
}
