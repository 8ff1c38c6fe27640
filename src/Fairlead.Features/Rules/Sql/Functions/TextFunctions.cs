using System.Text;
using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>Functions of text (section 5.2). Characters are UTF-16 units [U35].</summary>
internal static class TextFunctions
{
    private const int MostBlanks = 1_000;

    /// <summary>The functions.</summary>
    public static IEnumerable<SqlFunction> All =>
    [
        new("chr", SqlVersion.V2015, 1, 1, Chr),
        new("concat", SqlVersion.V2015, 1, int.MaxValue, Concat),
        new("startswith", SqlVersion.V2015, 2, 2, StartsWith),
        new("endswith", SqlVersion.V2015, 2, 2, EndsWith),
        Of("indexof", SqlVersion.V2016, static (text, part) => SqlValue.Of(text.IndexOf(part, StringComparison.Ordinal))),
        Of("length", SqlVersion.V2016, static text => SqlValue.Of(text.Length)),
        Of("numbytes", SqlVersion.V2016, static text => SqlValue.Of(Encoding.UTF8.GetByteCount(text))),
        Of("lower", SqlVersion.V2015, static text => SqlValue.OfText(text.ToLowerInvariant())),
        Of("upper", SqlVersion.V2015, static text => SqlValue.OfText(text.ToUpperInvariant())),
        Of("trim", SqlVersion.V2015, static text => SqlValue.OfText(text.Trim())),
        Of("ltrim", SqlVersion.V2015, static text => SqlValue.OfText(text.TrimStart())),
        Of("rtrim", SqlVersion.V2015, static text => SqlValue.OfText(text.TrimEnd())),
        new("lpad", SqlVersion.V2015, 2, 2, static (_, arguments) => Pad(arguments, isLeft: true)),
        new("rpad", SqlVersion.V2015, 2, 2, static (_, arguments) => Pad(arguments, isLeft: false)),
        new("replace", SqlVersion.V2015, 3, 3, Replace),
        new("substring", SqlVersion.V2015, 2, 3, Substring),
    ];

    private static SqlFunction Of(string name, SqlVersion since, Func<string, SqlValue> function) => new(name, since, 1, 1, (_, arguments) =>
        SqlConversion.ToText(arguments[0]) is { } text ? function(text) : default);

    private static SqlFunction Of(string name, SqlVersion since, Func<string, string, SqlValue> function) => new(name, since, 2, 2, (_, arguments) =>
        SqlConversion.ToText(arguments[0]) is { } text && SqlConversion.ToText(arguments[1]) is { } other ? function(text, other) : default);

    private static SqlValue StartsWith(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (AreTexts(arguments) && arguments[0].TryGetUtf8(out var utf8) && arguments[1].TryGetUtf8(out var start)) return SqlValue.Of(utf8.StartsWith(start));
        return SqlConversion.ToText(arguments[0]) is { } text && SqlConversion.ToText(arguments[1]) is { } other
            ? SqlValue.Of(text.StartsWith(other, StringComparison.Ordinal))
            : default;
    }

    private static SqlValue EndsWith(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (AreTexts(arguments) && arguments[0].TryGetUtf8(out var utf8) && arguments[1].TryGetUtf8(out var end)) return SqlValue.Of(utf8.EndsWith(end));
        return SqlConversion.ToText(arguments[0]) is { } text && SqlConversion.ToText(arguments[1]) is { } other
            ? SqlValue.Of(text.EndsWith(other, StringComparison.Ordinal))
            : default;
    }

    private static bool AreTexts(ReadOnlySpan<SqlValue> arguments) => arguments[0].Kind == SqlKind.String && arguments[1].Kind == SqlKind.String;

    private static SqlValue Chr(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (!SqlConversion.TryToWhole(arguments[0], out var code) || code.Coefficient < 0 || code.Coefficient > 127) return default;
        return SqlValue.OfText(((char)(int)(long)code.Coefficient).ToString());
    }

    /// <summary>One argument unchanged; with an Array among them an Array; with a String among them text [U16].</summary>
    private static SqlValue Concat(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (arguments.Length == 1) return arguments[0];
        bool hasText = false;
        foreach (ref readonly var argument in arguments)
        {
            if (argument.Kind == SqlKind.Array) return ConcatElements(arguments);
            hasText |= argument.Kind == SqlKind.String;
        }

        if (!hasText) return default;
        var result = new StringBuilder();
        foreach (ref readonly var argument in arguments)
        {
            if (SqlConversion.ToText(argument) is not { } text || result.Length + text.Length > SqlLimits.LongestText) return default;
            result.Append(text);
        }

        return SqlValue.OfText(result.ToString());
    }

    private static SqlValue ConcatElements(ReadOnlySpan<SqlValue> arguments)
    {
        var elements = new List<SqlValue>();
        foreach (ref readonly var argument in arguments)
        {
            if (argument.Kind == SqlKind.Array) elements.AddRange(argument.Elements());
            else if (!argument.IsUndefined) elements.Add(argument);
            if (elements.Count > SqlLimits.MostElements) return default;
        }

        return SqlValue.Of([.. elements]);
    }

    private static SqlValue Pad(ReadOnlySpan<SqlValue> arguments, bool isLeft)
    {
        if (SqlConversion.ToText(arguments[0]) is not { } text || !SqlConversion.TryToNumber(arguments[1], out var count)) return default;
        int width = text.Length + count.Clamp(0, MostBlanks);
        if (width > SqlLimits.LongestText) return default;
        return SqlValue.OfText(isLeft ? text.PadLeft(width) : text.PadRight(width));
    }

    private static SqlValue Replace(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (SqlConversion.ToText(arguments[0]) is not { } text || SqlConversion.ToText(arguments[1]) is not { } find || SqlConversion.ToText(arguments[2]) is not { } by)
            return default;
        if (find.Length == 0) return SqlValue.OfText(text);
        long matches = by.Length > find.Length ? text.Length / find.Length : 0;
        if (text.Length + (matches * (by.Length - find.Length)) > SqlLimits.LongestText)
        {
            matches = text.AsSpan().Count(find);
            if (text.Length + (matches * (by.Length - find.Length)) > SqlLimits.LongestText) return default;
        }

        return SqlValue.OfText(text.Replace(find, by, StringComparison.Ordinal));
    }

    private static SqlValue Substring(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (SqlConversion.ToText(arguments[0]) is not { } text || !SqlConversion.TryToNumber(arguments[1], out var from)) return default;
        int end = text.Length;
        if (arguments.Length == 3)
        {
            if (!SqlConversion.TryToNumber(arguments[2], out var to)) return default;
            end = to.Clamp(0, text.Length);
        }

        int start = from.Clamp(0, text.Length);
        return SqlValue.OfText(start < end ? text[start..end] : "");
    }
}
