using System.Globalization;
using System.Text;
using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Messaging;

/// <summary>
/// The output format of <c>-F</c>: mosquitto's letters behind <c>%</c>, strftime's behind <c>@</c>, escapes behind <c>\</c>. Parsed once, so that a
/// wrong letter is told before anything is connected.
/// </summary>
internal sealed class OutputFormat
{
    private const string FieldLetters = "ACDEFIJPRSUXjlmpqrtx%";

    private readonly List<Part> _parts = [];

    private OutputFormat()
    {
    }

    /// <summary>The payload alone.</summary>
    public static OutputFormat Payload { get; } = Parse("%p");

    /// <summary>Topic, space, payload.</summary>
    public static OutputFormat Verbose { get; } = Parse("%t %p");

    /// <summary>One JSON object.</summary>
    public static OutputFormat Json { get; } = Parse("%j");

    public static OutputFormat Parse(string format)
    {
        var result = new OutputFormat();
        var literal = new StringBuilder();
        for (int at = 0; at < format.Length; at++)
        {
            switch (format[at])
            {
                case '%':
                    result.AddLiteral(literal);
                    result._parts.Add(ParseField(format, ref at));
                    break;
                case '@':
                    result.AddLiteral(literal);
                    result._parts.Add(new Part(PartKind.Time, Letter(format, ++at, '@', TimeFormat.Letters)));
                    break;
                case '\\':
                    literal.Append(Unescape(format, ++at));
                    break;
                default:
                    literal.Append(format[at]);
                    break;
            }
        }

        result.AddLiteral(literal);
        return result;
    }

    /// <summary>Writes a message; false, with nothing written, when it is not JSON and the format wants JSON.</summary>
    public bool TryWrite(Stream output, ReceivedMessage message, bool pretty)
    {
        using var line = new MemoryStream();
        foreach (var part in _parts)
        {
            switch (part.Kind)
            {
                case PartKind.Literal:
                    line.Write(part.Text!);
                    break;
                case PartKind.Time:
                    line.Write(Encoding.UTF8.GetBytes(TimeFormat.Format(message.ReceivedAt, part.Letter)));
                    break;
                case PartKind.Field when part.Letter is 'j' or 'J':
                    if (!MessageJson.TryWrite(line, message, payloadIsJson: part.Letter == 'J', pretty))
                        return false;
                    break;
                default:
                    WriteField(line, part, message);
                    break;
            }
        }

        line.WriteTo(output);
        return true;
    }

    private static void WriteField(MemoryStream line, Part part, ReceivedMessage message)
    {
        byte[] value = MessageField.Value(part.Letter, message, part.ZeroPadded ? part.Width : 0);
        if (part.Precision >= 0 && part.Letter is 't' or 'C' or 'R' or 'I' && value.Length > part.Precision && part.Precision >= 0)
            value = value[..part.Precision];
        int padding = Math.Max(0, part.Width - value.Length);
        if (!part.LeftAligned)
            Pad(line, padding);
        line.Write(value);
        if (part.LeftAligned)
            Pad(line, padding);
    }

    private static void Pad(MemoryStream line, int count)
    {
        for (int i = 0; i < count; i++)
            line.WriteByte((byte)' ');
    }

    private static Part ParseField(string format, ref int at)
    {
        at++;
        bool left = false;
        bool zero = false;
        for (; at < format.Length && format[at] is '-' or '0'; at++)
        {
            left |= format[at] == '-';
            zero |= format[at] == '0';
            if (at + 1 == format.Length)
                break;
        }

        int width = ParseNumber(format, ref at);
        int precision = -1;
        if (at < format.Length && format[at] == '.')
        {
            at++;
            precision = ParseNumber(format, ref at);
        }

        return new Part(PartKind.Field, Letter(format, at, '%', FieldLetters))
        {
            Width = width,
            Precision = precision,
            LeftAligned = left,
            ZeroPadded = zero && !left,
        };
    }

    private static int ParseNumber(string format, ref int at)
    {
        int start = at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
            at++;
        if (at == start)
            return 0;
        return int.TryParse(format.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= 10_000
            ? number
            : throw Invalid($"the width {format[start..at]} is too large", "Give up to 10000");
    }

    private static char Letter(string format, int at, char start, string allowed)
    {
        if (at >= format.Length)
            throw Invalid($"a letter is missing after the last {start}", $"Write {start}{start} for the character itself");
        return allowed.Contains(format[at])
            ? format[at]
            : throw Invalid($"{start}{format[at]} is not known", $"Letters after {start}: {string.Join(' ', allowed.ToCharArray())}");
    }

    private static char Unescape(string format, int at) => at >= format.Length
        ? throw Invalid("a letter is missing after the last \\", "Write \\\\ for the character itself")
        : format[at] switch
        {
            '\\' => '\\',
            '0' => '\0',
            'a' => '\a',
            'e' => '\e',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            _ => throw Invalid($"\\{format[at]} is not known", "Letters after \\: \\ 0 a e n r t v"),
        };

    private static VerbException Invalid(string why, string cure) => VerbException.Usage("cannot use the format of -F", why, cure);

    private void AddLiteral(StringBuilder literal)
    {
        if (literal.Length == 0)
            return;
        _parts.Add(new Part(PartKind.Literal, '\0') { Text = Encoding.UTF8.GetBytes(literal.ToString()) });
        literal.Clear();
    }

    private enum PartKind
    {
        Literal,
        Field,
        Time,
    }

    private sealed record Part(PartKind Kind, char Letter)
    {
        public byte[]? Text { get; init; }

        public int Width { get; init; }

        public int Precision { get; init; } = -1;

        public bool LeftAligned { get; init; }

        public bool ZeroPadded { get; init; }
    }
}
