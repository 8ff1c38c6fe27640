using System.Globalization;

namespace Fairlead.Features.Fleet.Queries;

/// <summary>One value of a field.</summary>
/// <param name="Text">As text; booleans are <c>true</c> and <c>false</c>.</param>
/// <param name="IsNumber">Whether it is a number by itself, not a text that looks like one.</param>
internal readonly record struct FieldValue(string Text, bool IsNumber = false)
{
    /// <summary>A number.</summary>
    public static FieldValue Of(long number) => new(number.ToString(CultureInfo.InvariantCulture), true);

    /// <summary>A boolean.</summary>
    public static FieldValue Of(bool truth) => new(truth ? "true" : "false");

    /// <summary>Reads a number as queries and values write it.</summary>
    public static bool TryParse(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number);
}
