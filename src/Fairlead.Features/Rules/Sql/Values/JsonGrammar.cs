using Fairlead.Features.Shadows.Json;

namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>
/// Moves over the tokens of JSON texts. <c>TrySkip</c> checks what it passes; <c>Skip</c> and the others rely on it having been checked.
/// </summary>
internal static class JsonGrammar
{
    /// <summary>How deep arrays and objects may lie in each other; deeper is not JSON for a rule.</summary>
    public const int Deepest = 128;

    private static readonly System.Buffers.SearchValues<byte> Brackets = System.Buffers.SearchValues.Create("\"{}[]"u8);
    private static readonly System.Buffers.SearchValues<byte> ScalarEnds = System.Buffers.SearchValues.Create(",]} \n\r\t"u8);

    /// <summary>Moves over a value and checks it.</summary>
    /// <param name="text">Text.</param>
    /// <param name="at">Position of the first byte of the value.</param>
    /// <param name="depth">How deep the value lies.</param>
    public static bool TrySkip(ReadOnlySpan<byte> text, ref int at, int depth)
    {
        if (at >= text.Length) return false;
        switch (text[at])
        {
            case (byte)'{':
                return depth < Deepest && TrySkipObject(text, ref at, depth + 1);
            case (byte)'[':
                return depth < Deepest && TrySkipArray(text, ref at, depth + 1);
            case (byte)'"':
                return JsonScanner.TryString(text, ref at, out _);
            case (byte)'t':
                return JsonScanner.TryWord(text, ref at, "true"u8);
            case (byte)'f':
                return JsonScanner.TryWord(text, ref at, "false"u8);
            case (byte)'n':
                return JsonScanner.TryWord(text, ref at, "null"u8);
            default:
                return JsonScanner.TryNumber(text, ref at);
        }
    }

    /// <summary>Moves behind the name of a member and its colon, to its value.</summary>
    /// <param name="text">Text.</param>
    /// <param name="at">Position of the opening quote.</param>
    /// <param name="name">The name without quotes.</param>
    /// <param name="isEscaped">Whether it contains a backslash.</param>
    public static bool TryName(ReadOnlySpan<byte> text, ref int at, out ReadOnlySpan<byte> name, out bool isEscaped)
    {
        name = default;
        isEscaped = false;
        int start = at;
        if (at >= text.Length || text[at] != (byte)'"' || !JsonScanner.TryString(text, ref at, out isEscaped)) return false;
        name = text[(start + 1)..(at - 1)];
        SkipSpace(text, ref at);
        if (at >= text.Length || text[at] != (byte)':') return false;
        at++;
        SkipSpace(text, ref at);
        return true;
    }

    /// <summary>After a member or an element: moves behind the comma or the closing bracket.</summary>
    /// <param name="text">Text.</param>
    /// <param name="at">Position.</param>
    /// <param name="closing">The bracket.</param>
    /// <param name="isEnd">Whether it was the bracket.</param>
    public static bool TryNext(ReadOnlySpan<byte> text, ref int at, byte closing, out bool isEnd)
    {
        isEnd = false;
        SkipSpace(text, ref at);
        if (at >= text.Length) return false;
        byte found = text[at++];
        if (found == closing) return isEnd = true;
        if (found != (byte)',') return false;
        SkipSpace(text, ref at);
        return true;
    }

    /// <summary>Moves into an array or object; says whether it is empty, and then stands behind it.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> text, ref int at, byte closing, out bool isEmpty)
    {
        at++;
        SkipSpace(text, ref at);
        isEmpty = at < text.Length && text[at] == closing;
        if (isEmpty) at++;
        return at <= text.Length;
    }

    /// <summary>Moves over white space.</summary>
    public static void SkipSpace(ReadOnlySpan<byte> text, ref int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
    }

    /// <summary>Moves over a value of a text that has been checked.</summary>
    public static void Skip(ReadOnlySpan<byte> text, ref int at)
    {
        switch (text[at])
        {
            case (byte)'"':
                JsonScanner.TryString(text, ref at, out _);
                return;
            case (byte)'{' or (byte)'[':
                SkipBrackets(text, ref at);
                return;
            default:
                int length = text[at..].IndexOfAny(ScalarEnds);
                at = length < 0 ? text.Length : at + length;
                return;
        }
    }

    private static void SkipBrackets(ReadOnlySpan<byte> text, ref int at)
    {
        int depth = 0;
        do
        {
            at += text[at..].IndexOfAny(Brackets);
            switch (text[at])
            {
                case (byte)'"':
                    JsonScanner.TryString(text, ref at, out _);
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    at++;
                    break;
                default:
                    depth--;
                    at++;
                    break;
            }
        }
        while (depth > 0);
    }

    private static bool TrySkipObject(ReadOnlySpan<byte> text, ref int at, int depth)
    {
        if (!TryOpen(text, ref at, (byte)'}', out bool isEnd)) return false;
        while (!isEnd)
        {
            if (!TryName(text, ref at, out _, out _) || !TrySkip(text, ref at, depth) || !TryNext(text, ref at, (byte)'}', out isEnd)) return false;
        }

        return true;
    }

    private static bool TrySkipArray(ReadOnlySpan<byte> text, ref int at, int depth)
    {
        if (!TryOpen(text, ref at, (byte)']', out bool isEnd)) return false;
        while (!isEnd)
        {
            if (!TrySkip(text, ref at, depth) || !TryNext(text, ref at, (byte)']', out isEnd)) return false;
        }

        return true;
    }
}
