using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>Functions of collections, types and encodings (section 5.3).</summary>
internal static class CollectionFunctions
{
    /// <summary>The functions.</summary>
    public static IEnumerable<SqlFunction> All =>
    [
        new("get", SqlVersion.V2015, 2, 2, static (_, arguments) => Get(arguments[0], arguments[1])),
        new("isnull", SqlVersion.V2015, 1, 1, static (_, arguments) => SqlValue.Of(arguments[0].Kind == SqlKind.Null)),
        new("isundefined", SqlVersion.V2016, 1, 1, static (_, arguments) => SqlValue.Of(arguments[0].IsUndefined)),
        new("encode", SqlVersion.V2016, 2, 2, Encode),
        new("decode", SqlVersion.V2016, 2, 2, Decode),
        new("transform", SqlVersion.V2016, 3, 3, Transform),
        new("get_or_default", SqlVersion.V2016, 1, 2, static (_, arguments) =>
            arguments[0].Kind is not (SqlKind.Undefined or SqlKind.Null) ? arguments[0] : arguments.Length == 2 ? arguments[1] : default),
    ];

    /// <summary>get(): an element, a character or a member.</summary>
    public static SqlValue Get(in SqlValue collection, in SqlValue key)
    {
        if (collection.Kind == SqlKind.Object)
            return key.Kind == SqlKind.String ? collection.Member(key.ToName()) : default;
        if (collection.Kind is not (SqlKind.Array or SqlKind.String) || !SqlConversion.TryToWhole(key, out var whole)) return default;
        if (whole.Coefficient < 0 || whole.Coefficient > int.MaxValue) return default;
        int index = (int)(long)whole.Coefficient;
        if (collection.Kind == SqlKind.Array) return collection.Element(index);
        string text = collection.Text;
        return index < text.Length ? SqlValue.OfText(text[index].ToString()) : default;
    }

    /// <summary>Bytes in Base64.</summary>
    public static SqlValue ToBase64(ReadOnlySpan<byte> bytes)
    {
        byte[] text = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, text, out _, out int length);
        return SqlValue.OfText(text, 0, length);
    }

    /// <summary>Whether an argument names the only encoding there is.</summary>
    public static bool IsBase64(in SqlValue scheme) => scheme.Kind == SqlKind.String && scheme.Text.Equals("base64", StringComparison.OrdinalIgnoreCase);

    private static SqlValue Encode(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (!IsBase64(arguments[1]) || SqlConversion.ToText(arguments[0]) is not { } text) return default;
        return ToBase64(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Decoded text; the value if it is JSON; Null if it cannot be decoded.</summary>
    private static SqlValue Decode(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (!IsBase64(arguments[1]) || SqlConversion.ToText(arguments[0]) is not { } text) return default;
        byte[] bytes = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, bytes, out int length) || !Utf8.IsValid(bytes.AsSpan(0, length))) return SqlValue.Null;
        return JsonValues.TryParse(bytes.AsMemory(0, length), frame.KeepsDecimals, out var value) ? value : SqlValue.OfText(bytes, 0, length);
    }

    /// <summary>transform('enrichArray', object, array): each element with the object's members, which win [U17].</summary>
    private static SqlValue Transform(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (arguments[0].Kind != SqlKind.String || !arguments[0].Text.Equals("enrichArray", StringComparison.Ordinal)) return default;
        if (arguments[1].Kind != SqlKind.Object || arguments[2].Kind != SqlKind.Array) return default;
        var added = arguments[1].Members();
        var elements = arguments[2].Elements();
        var results = new SqlValue[elements.Length];
        for (int i = 0; i < elements.Length; i++)
        {
            if (elements[i].Kind != SqlKind.Object || !frame.TrySpend(4 + added.Count + (elements[i].Weight / 16))) return default;
            var members = elements[i].Members();
            var result = new SqlObject(members.Count + added.Count);
            for (int m = 0; m < members.Count; m++) result.Set(members[m].Key, members[m].Value);
            for (int m = 0; m < added.Count; m++) result.Set(added[m].Key, added[m].Value);
            results[i] = SqlValue.Of(result);
        }

        var transformed = SqlValue.Of(results);
        var size = new JsonText(SqlLimits.LargestTransform);
        size.Write(transformed);
        return size.IsFull ? default : transformed;
    }
}
