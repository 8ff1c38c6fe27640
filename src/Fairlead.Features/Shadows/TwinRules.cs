using System.Buffers.Text;
using System.Globalization;
using Fairlead.Features.Shadows.Documents;
using Fairlead.Features.Shadows.Json;

namespace Fairlead.Features.Shadows;

/// <summary>Limits of twins (spec/azure-gateway, section 6.2), for what comes by the Azure dialect. What breaks one is a 400 and changes nothing.</summary>
internal static class TwinRules
{
    /// <summary>Counted bytes of tags.</summary>
    public const int LargestTags = 8 * 1024;

    /// <summary>Counted bytes of desired or reported.</summary>
    public const int LargestProperties = 32 * 1024;

    /// <summary>Levels of a section.</summary>
    public const int Deepest = 10;

    private const int LongestName = 1024;
    private const int LongestString = 4096;
    private const int NumberSize = 8;
    private const int BooleanSize = 4;
    private const long LeastInteger = -4503599627370496;
    private const long MostInteger = 4503599627370495;

    /// <summary>Checks names and values of a section of a request.</summary>
    /// <param name="tree">The request.</param>
    /// <param name="section">Node of the section.</param>
    public static ShadowRefusal? Check(JsonTree tree, int section)
    {
        int end = tree[section].Next;
        int depth = tree[section].Depth;
        for (int node = section + 1; node < end; node++)
        {
            ref readonly var value = ref tree[node];
            if (value.IsSuperseded)
            {
                node = value.Next - 1;
                continue;
            }

            if (value.NameLength > 0 && CheckName(tree.Name(node)) is { } name) return name;
            if (tree[value.Parent].Kind == JsonKind.Object && value.NameLength == 0) return Invalid("a property has no name");
            if (value.Kind == JsonKind.Null && value.IsInArray) return Invalid("arrays hold no null");
            if (value.Kind >= JsonKind.Array && value.Depth - depth >= Deepest) return Invalid(Text($"there are more than {Deepest} levels"));
            if (value.Kind == JsonKind.String && EscapedText.PlainLength(tree.Inner(node)) > LongestString) return Invalid(Text($"a text is longer than {LongestString} bytes"));
            if (value.Kind == JsonKind.Number && !IsInRange(tree.Text(node))) return Invalid(Text($"a whole number is not between {LeastInteger} and {MostInteger}"));
        }

        return null;
    }

    /// <summary>Checks the size of a section as it is after a request: names and values, without structure.</summary>
    public static ShadowRefusal? CheckSize(ReadOnlySpan<byte> members, int largest, string section) =>
        Size(members) > largest ? Invalid(Text($"{section} would have more than {largest} bytes")) : null;

    /// <summary>A refusal of a twin's content.</summary>
    public static ShadowRefusal Invalid(string message) => new(400, "ArgumentInvalid", message);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static ShadowRefusal? CheckName(ReadOnlySpan<byte> name)
    {
        if (EscapedText.PlainLength(name) > LongestName) return Invalid(Text($"a name is longer than {LongestName} bytes"));
        // Canonical names have control characters escaped: C0 as \u00XX or a letter; what is plain are those of C1, in two bytes.
        if (name.ContainsAny("$. "u8) || HasControl(name))
            return Invalid("a name contains a control character, '.', '$' or a space");
        return null;
    }

    private static bool HasControl(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] == 0x7F || (name[i] == 0xC2 && i + 1 < name.Length && name[i + 1] is >= 0x80 and <= 0x9F)) return true;
            if (name[i] != (byte)'\\') continue;
            // Behind a backslash only the quote, the backslash and the slash are no control characters.
            if (name[++i] is not ((byte)'"' or (byte)'\\' or (byte)'/')) return name[i] != (byte)'u' || IsEscapedControl(name[(i + 1)..]);
        }

        return false;
    }

    private static bool IsEscapedControl(ReadOnlySpan<byte> digits) =>
        !Utf8Parser.TryParse(digits[..4], out ushort code, out _, 'x') || code < 0x20 || code is >= 0x7F and <= 0x9F;

    private static bool IsInRange(ReadOnlySpan<byte> number)
    {
        if (number.ContainsAny(".eE"u8)) return true;
        return Utf8Parser.TryParse(number, out long value, out int length) && length == number.Length && value is >= LeastInteger and <= MostInteger;
    }

    private static int Size(ReadOnlySpan<byte> members)
    {
        int size = 0;
        var reader = new MemberReader(members);
        while (reader.Read()) size += EscapedText.PlainLength(reader.Name) + (reader.IsObject ? Size(reader.Content) : SizeOfText(reader.Content));
        return size;
    }

    /// <summary>A scalar, or an array in compact form: names and texts in it count their bytes.</summary>
    private static int SizeOfText(ReadOnlySpan<byte> text)
    {
        int size = 0;
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            switch (text[at])
            {
                case (byte)'[' or (byte)']' or (byte)'{' or (byte)'}' or (byte)',' or (byte)':':
                    at++;
                    break;
                case (byte)'"':
                    _ = JsonScanner.TryString(text, ref at, out _);
                    size += EscapedText.PlainLength(text[(start + 1)..(at - 1)]);
                    break;
                case (byte)'t' or (byte)'f':
                    at += text[at] == (byte)'t' ? 4 : 5;
                    size += BooleanSize;
                    break;
                case (byte)'n':
                    at += 4;
                    break;
                default:
                    int length = text[at..].IndexOfAny(",]}"u8);
                    at = length < 0 ? text.Length : at + length;
                    size += NumberSize;
                    break;
            }
        }

        return size;
    }
}
