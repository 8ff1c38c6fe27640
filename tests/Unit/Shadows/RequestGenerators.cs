using FsCheck;
using FsCheck.Fluent;

namespace Fairlead.Unit.Shadows;

/// <summary>JSON texts as clients write them: with white space, escapes, members that come twice, numbers in many forms.</summary>
internal static class RequestGenerators
{
    private static readonly string[] Names = ["a", "b", "\\u0061", "timestamp", "d\\\"q", "\u00e9"];

    private static readonly string[] Scalars =
    [
        "0", "-0", "0.0", "1", "1.0", "10e-1", "1E+0", "28", "28.0", "2.8e1", "-28", "12345678901234567890", "0.1", "true", "false",
        "\"\"", "\"x\"", "\"\\u0078\"", "\"1\"", "\"\\ud83d\\ude00\"", "\"\ud83d\ude00\"", "\"a\\/b\"", "\"a/b\"",
    ];

    /// <summary>A value without null in an array.</summary>
    public static Gen<string> Value(int depth) => depth == 0
        ? Gen.Elements(Scalars)
        : Gen.Frequency((4, Gen.Elements(Scalars)), (1, Gen.Constant("null")), (2, Array(depth - 1)), (4, Object(depth - 1)));

    /// <summary>An object.</summary>
    public static Gen<string> Object(int depth) =>
        from size in Gen.Choose(0, 4)
        from members in Gen.Zip(Gen.Elements(Names), Value(depth)).ArrayOf(size)
        from space in Gen.Elements("", "", "", " ", "\n\t")
        select "{" + space + string.Join("," + space, members.Select(member => $"\"{member.Item1}\"{space}:{space}{member.Item2}")) + space + "}";

    /// <summary>An update: state, and mostly nothing else; <c>VERSION</c> stands for the present version.</summary>
    public static Gen<string> Update() =>
        from state in Gen.Frequency((1, Gen.Constant("null")), (12, State()))
        from token in Gen.Elements("", "", ",\"clientToken\":\"t-1\"", ",\"clientToken\":\"\\u0074\"")
        from version in Gen.Frequency((6, Gen.Constant("")), (1, Gen.Constant(",\"version\":VERSION")), (1, Gen.Constant(",\"version\":null")), (1, Gen.Constant(",\"version\":77")))
        from other in Gen.Elements("", "", "", ",\"more\":[null]")
        select $"{{\"state\":{state}{version}{token}{other}}}";

    private static Gen<string> State() =>
        from desired in Section()
        from reported in Section()
        from swapped in Gen.Elements(false, true)
        let parts = new[] { Member("desired", desired), Member("reported", reported) }.Where(static part => part.Length > 0)
        select "{" + string.Join(',', swapped ? parts.Reverse() : parts) + "}";

    private static Gen<string> Section() => Gen.Frequency((3, Gen.Constant("")), (1, Gen.Constant("null")), (7, Object(2)));

    private static string Member(string name, string value) => value.Length == 0 ? "" : $"\"{name}\":{value}";

    private static Gen<string> Array(int depth) =>
        from size in Gen.Choose(0, 3)
        from elements in Value(Math.Max(0, depth)).ArrayOf(size)
        let living = elements.Select(static element => element.Contains("null", StringComparison.Ordinal) ? "7" : element)
        from space in Gen.Elements("", "", " ")
        select "[" + string.Join("," + space, living) + "]";
}
