using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>Functions of numbers that calculate with all digits (section 5.1).</summary>
internal static class NumberFunctions
{
    private const int MostDecimals = 34;

    /// <summary>The functions.</summary>
    public static IEnumerable<SqlFunction> All =>
    [
        new("abs", SqlVersion.V2015, 1, 1, Abs),
        new("ceil", SqlVersion.V2015, 1, 1, static (_, arguments) => ToWhole(arguments[0], SqlArithmetic.Ceiling)),
        new("floor", SqlVersion.V2015, 1, 1, static (_, arguments) => ToWhole(arguments[0], SqlArithmetic.Floor)),
        new("round", SqlVersion.V2015, 1, 1, static (_, arguments) => ToWhole(arguments[0], SqlArithmetic.Round)),
        new("sign", SqlVersion.V2015, 1, 1, static (_, arguments) => ToWhole(arguments[0], static number => number.Sign)),
        new("trunc", SqlVersion.V2015, 2, 2, Trunc),
        new("mod", SqlVersion.V2015, 2, 2, Remainder),
        new("remainder", SqlVersion.V2015, 2, 2, Remainder),
        new("bitand", SqlVersion.V2015, 2, 2, static (_, arguments) => Bits(arguments, static (a, b) => a & b)),
        new("bitor", SqlVersion.V2015, 2, 2, static (_, arguments) => Bits(arguments, static (a, b) => a | b)),
        new("bitxor", SqlVersion.V2015, 2, 2, static (_, arguments) => Bits(arguments, static (a, b) => a ^ b)),
        new("bitnot", SqlVersion.V2015, 1, 1, BitNot),
        new("nanvl", SqlVersion.V2015, 2, 2, static (_, arguments) => arguments[0].Kind is SqlKind.Undefined or SqlKind.Null ? arguments[1] : arguments[0]),
    ];

    private static SqlValue Abs(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (!SqlConversion.TryToNumber(arguments[0], out var number)) return default;
        number = SqlArithmetic.Abs(number);
        return arguments[0].Kind == SqlKind.Int ? SqlValue.Of(number) : SqlValue.OfDecimal(number, frame.KeepsDecimals);
    }

    private static SqlValue ToWhole(in SqlValue argument, Func<SqlNumber, SqlNumber> function) =>
        SqlConversion.TryToNumber(argument, out var number) ? SqlValue.Of(function(number)) : default;

    private static SqlValue Trunc(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (!SqlConversion.TryToNumber(arguments[0], out var number) || !SqlConversion.TryToNumber(arguments[1], out var decimals)) return default;
        var cut = SqlArithmetic.Truncate(number, decimals.Clamp(0, MostDecimals));
        return arguments[0].Kind == SqlKind.Int ? arguments[0] : SqlValue.OfDecimal(cut, frame.KeepsDecimals);
    }

    private static SqlValue Remainder(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (!SqlConversion.TryToNumber(arguments[0], out var a) || !SqlConversion.TryToNumber(arguments[1], out var b)) return default;
        if (!SqlArithmetic.TryRemainder(a, b, out var rest)) return default;
        bool areInts = arguments[0].Kind == SqlKind.Int && arguments[1].Kind == SqlKind.Int;
        return areInts ? SqlValue.Of(rest) : SqlValue.OfDecimal(rest, frame.KeepsDecimals);
    }

    private static SqlValue Bits(ReadOnlySpan<SqlValue> arguments, Func<Int128, Int128, Int128> function) =>
        SqlConversion.TryToWhole(arguments[0], out var a) && SqlConversion.TryToWhole(arguments[1], out var b)
        && SqlNumber.TryCreate(function(a.Coefficient, b.Coefficient), 0, out var result)
            ? SqlValue.Of(result)
            : default;

    /// <summary>The complement within the bits that the value has; of negative values in two's complement [U15].</summary>
    private static SqlValue BitNot(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (!SqlConversion.TryToWhole(arguments[0], out var number)) return default;
        var value = number.Coefficient;
        int bits = value == 0 ? 1 : 128 - (int)Int128.LeadingZeroCount(value);
        var complement = value < 0 ? -value - 1 : value ^ ((Int128.One << bits) - 1);
        return SqlNumber.TryCreate(complement, 0, out var result) ? SqlValue.Of(result) : default;
    }
}
