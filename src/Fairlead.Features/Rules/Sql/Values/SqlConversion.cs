using System.Text;

namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>Conversions that operators and functions make by themselves (spec/aws-rules, section 3.2).</summary>
internal static class SqlConversion
{
    private const int LongestNumber = 2_048;

    /// <summary>To Boolean: null is Undefined.</summary>
    public static bool? ToBoolean(in SqlValue value)
    {
        if (value.Kind == SqlKind.Boolean) return value.IsTrue;
        if (value.Kind != SqlKind.String || value.Weight > 5) return null;
        string text = value.Text;
        if (text.Equals("true", StringComparison.OrdinalIgnoreCase)) return true;
        return text.Equals("false", StringComparison.OrdinalIgnoreCase) ? false : null;
    }

    /// <summary>To Decimal: false is Undefined or Null, with which nothing can be calculated.</summary>
    public static bool TryToNumber(in SqlValue value, out SqlNumber number)
    {
        if (value.IsNumber)
        {
            number = value.Number;
            return true;
        }

        number = default;
        return value.Kind == SqlKind.String && TryParse(value, out number);
    }

    /// <summary>To Int: as Decimal, then cut downwards [U10].</summary>
    public static bool TryToWhole(in SqlValue value, out SqlNumber number)
    {
        if (!TryToNumber(value, out number)) return false;
        number = SqlArithmetic.Floor(number);
        return number.IsWhole;
    }

    /// <summary>To String; null for Null and Undefined, which have none.</summary>
    public static string? ToText(in SqlValue value) => value.Kind switch
    {
        SqlKind.String => value.Text,
        SqlKind.Undefined or SqlKind.Null => null,
        _ => JsonText.Of(value),
    };

    private static bool TryParse(in SqlValue value, out SqlNumber number)
    {
        number = default;
        if (value.Weight is 0 or > LongestNumber) return false;
        if (value.TryGetUtf8(out var utf8)) return NumberText.TryParseText(utf8, out number);
        string text = value.Text;
        if (!Ascii.IsValid(text)) return false;
        Span<byte> bytes = text.Length <= 128 ? stackalloc byte[128] : new byte[text.Length];
        return NumberText.TryParseText(bytes[..Encoding.ASCII.GetBytes(text, bytes)], out number);
    }
}
