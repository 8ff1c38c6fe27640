using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>
/// Functions that calculate in IEEE double and give the shortest Decimal that stands for the result; what is not finite is Undefined
/// (sections 3.1 and 5.1).
/// </summary>
internal static class DoubleFunctions
{
    /// <summary>The functions.</summary>
    public static IEnumerable<SqlFunction> All =>
    [
        Of("acos", Math.Acos), Of("asin", Math.Asin), Of("atan", Math.Atan), Of("sqrt", Math.Sqrt), Of("exp", Math.Exp),
        Of("ln", static number => number > 0 ? Math.Log(number) : double.NaN), Of("log", static number => number > 0 ? Math.Log10(number) : double.NaN),
        Of("sin", Math.Sin), Of("cos", Math.Cos), Of("tan", Math.Tan), Of("sinh", Math.Sinh), Of("cosh", Math.Cosh), Of("tanh", Math.Tanh),
        Of("atan2", Math.Atan2), Of("power", Math.Pow),
        new("rand", SqlVersion.V2015, 0, 0, static (frame, _) => ToValue(frame, Random.Shared.NextDouble())),
    ];

    /// <summary>The value of a double.</summary>
    public static SqlValue ToValue(SqlFrame frame, double result) =>
        SqlNumber.TryCreate(result, out var number) ? SqlValue.OfDecimal(number, frame.KeepsDecimals) : default;

    private static SqlFunction Of(string name, Func<double, double> function) => new(name, SqlVersion.V2015, 1, 1, (frame, arguments) =>
        SqlConversion.TryToNumber(arguments[0], out var number) ? ToValue(frame, function(number.ToDouble())) : default);

    private static SqlFunction Of(string name, Func<double, double, double> function) => new(name, SqlVersion.V2015, 2, 2, (frame, arguments) =>
        SqlConversion.TryToNumber(arguments[0], out var a) && SqlConversion.TryToNumber(arguments[1], out var b)
            ? ToValue(frame, function(a.ToDouble(), b.ToDouble()))
            : default);
}
