using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace Fairlead.Features.Policies.Language;

/// <summary>A value that a condition compares with.</summary>
internal sealed class ConditionValue
{
    private readonly ConditionOperator _operation;

    /// <summary>The six fields of an ARN; default when the value is no ARN or another operator's.</summary>
    private readonly ImmutableArray<TextPattern> _fields;
    private readonly bool _ignoresScope;

    private ConditionValue(ConditionOperator operation, TextPattern pattern, ImmutableArray<TextPattern> fields, bool ignoresScope)
    {
        _operation = operation;
        Pattern = pattern;
        _fields = fields;
        _ignoresScope = ignoresScope;
    }

    /// <summary>The value.</summary>
    public TextPattern Pattern { get; }

    /// <summary>Compiles a value.</summary>
    /// <exception cref="FormatException">It cannot be of the kind that the operator compares.</exception>
    public static ConditionValue Compile(ConditionOperator operation, ContextKey key, string text, bool variables, bool ignoreScope)
    {
        var comparison = operation.Comparison == Comparison.TextAnyCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var wildcards = operation.Comparison is Comparison.Like or Comparison.Arn;
        var pattern = TextPattern.Compile(key.Kind == ContextKeyKind.Certificate ? Unescape(text) : text, wildcards, variables, comparison);
        if (!pattern.HasVariables) Check(operation.Comparison, text);
        var fields = operation.Comparison == Comparison.Arn ? FieldsOf(text, variables) : default;
        return new ConditionValue(operation, pattern, fields, ignoreScope);
    }

    /// <summary>Whether a value of the request compares as the operator wants, negation aside.</summary>
    public bool Meets(string value, EvaluationContext context)
    {
        switch (_operation.Comparison)
        {
            case Comparison.Text or Comparison.TextAnyCase or Comparison.Like:
                return Pattern.Matches(value, context);
            case Comparison.Arn:
                return MeetsArn(value, context);
            case Comparison.Bool or Comparison.Null:
                return bool.TryParse(value, out var isTrue) && bool.TryParse(Pattern.Expand(context), out var wanted) && isTrue == wanted;
            case Comparison.Numeric:
                return TryParseNumber(value, out var number) && TryParseNumber(Pattern.Expand(context), out var limit)
                    && Ordered(number.CompareTo(limit));
            case Comparison.Date:
                return TryParseTime(value, out var time) && TryParseTime(Pattern.Expand(context), out var point)
                    && Ordered(time.CompareTo(point));
            default:
                return IPAddress.TryParse(value, out var address) && TryParseNetwork(Pattern.Expand(context), out var network)
                    && network.Contains(address);
        }
    }

    private static bool TryParseNumber(string? text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>ISO 8601, or seconds since the Unix epoch.</summary>
    private static bool TryParseTime(string? text, out DateTimeOffset time)
    {
        const double latest = 253_402_300_799;
        if (TryParseNumber(text, out var seconds))
        {
            time = DateTimeOffset.UnixEpoch;
            if (seconds is < 0 or > latest) return false;
            time = time.AddSeconds(seconds);
            return true;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    private static bool TryParseNetwork(string? text, out IPNetwork network)
    {
        network = default;
        if (text is null) return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address)) return false;
        var bits = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (slash >= 0 && !(int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= bits)) return false;
        // 10.1.2.3/8 is taken for 10.0.0.0/8.
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bits; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        network = new IPNetwork(new IPAddress(bytes), length);
        return true;
    }

    private static void Check(Comparison comparison, string text)
    {
        var problem = comparison switch
        {
            Comparison.Numeric when !TryParseNumber(text, out _) => "a number",
            Comparison.Date when !TryParseTime(text, out _) => "a date of ISO 8601 or a number of seconds since 1970",
            Comparison.Bool or Comparison.Null when !bool.TryParse(text, out _) => "true or false",
            Comparison.Address when !TryParseNetwork(text, out _) => "an IP address or a network such as 10.0.0.0/8",
            _ => null,
        };
        if (problem is not null) throw new FormatException($"'{text}' is not {problem}");
    }

    // The fields of an ARN are compared one by one, so that a star stays within its field; the colons inside variables part none.
    private static ImmutableArray<TextPattern> FieldsOf(string text, bool variables)
    {
        if (text == "*") return [.. Enumerable.Repeat(TextPattern.Compile("*", true, false), 6)];
        var fields = new List<string>();
        int start = 0, depth = 0;
        for (var i = 0; i < text.Length && fields.Count < 5; i++)
        {
            if (variables && text[i] == '{' && i > 0 && text[i - 1] == '$') depth++;
            else if (text[i] == '}' && depth > 0) depth--;
            if (text[i] != ':' || depth > 0) continue;
            fields.Add(text[start..i]);
            start = i + 1;
        }

        fields.Add(text[start..]);
        return fields.Count == 6 ? [.. fields.Select(field => TextPattern.Compile(field, true, variables))] : default;
    }

    /// <summary>Values of certificates are written with a backslash before <c>, " \ + = &lt; &gt; ;</c> (section 16.1).</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && ",\"\\+=<>;".Contains(text[i + 1], StringComparison.Ordinal)) i++;
            plain.Append(text[i]);
        }

        return plain.ToString();
    }

    private bool Ordered(int comparison) => _operation.Order switch
    {
        Order.Less => comparison < 0,
        Order.LessOrEqual => comparison <= 0,
        Order.Greater => comparison > 0,
        Order.GreaterOrEqual => comparison >= 0,
        _ => comparison == 0,
    };

    private bool MeetsArn(string value, EvaluationContext context)
    {
        if (_fields.IsDefault) return false;
        var fields = value.Split(':', 6);
        if (fields.Length != 6) return false;
        for (var i = _ignoresScope ? 5 : 0; i < 6; i++)
        {
            if (!_fields[i].Matches(fields[i], context)) return false;
        }

        return true;
    }
}
