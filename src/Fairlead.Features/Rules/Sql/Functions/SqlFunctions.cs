using System.Collections.Frozen;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>All functions that need nothing but the message (spec/aws-rules, sections 5.1 to 5.5).</summary>
internal static class SqlFunctions
{
    private static readonly FrozenDictionary<string, SqlFunction> Known = new[]
    {
        NumberFunctions.All, DoubleFunctions.All, TextFunctions.All, RegexFunctions.All, HashFunctions.All, CollectionFunctions.All, ContextFunctions.All,
        TimeFunctions.All,
    }.SelectMany(static functions => functions).ToFrozenDictionary(static function => function.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Functions that the hub answers from elsewhere, with the first version that has them (section 5.6).</summary>
    private static readonly FrozenDictionary<string, SqlVersion> Outside = new Dictionary<string, SqlVersion>(StringComparer.OrdinalIgnoreCase)
    {
        ["get_thing_shadow"] = SqlVersion.V2016,
        ["get_registry_data"] = SqlVersion.V2016,
        ["get_dynamodb"] = SqlVersion.V2016,
        ["get_secret"] = SqlVersion.V2015,
        ["aws_lambda"] = SqlVersion.V2015,
        ["machinelearning_predict"] = SqlVersion.V2015,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of the functions of <see cref="TryGet"/> in lower case.</summary>
    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>Names of those that the hub answers from elsewhere.</summary>
    public static IEnumerable<string> OutsideNames => Outside.Keys;

    /// <summary>A function by its name; false when there is none.</summary>
    public static bool TryGet(string name, out SqlFunction function)
    {
        bool isKnown = Known.TryGetValue(name, out var found);
        function = found!;
        return isKnown;
    }

    /// <summary>Whether a function is external, and the first version that has it.</summary>
    public static bool IsExternal(string name, out SqlVersion since) => Outside.TryGetValue(name, out since);
}
