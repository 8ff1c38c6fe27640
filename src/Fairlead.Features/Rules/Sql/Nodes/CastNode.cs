using Fairlead.Features.Rules.Sql.Functions;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>cast(value AS type) (section 3.3).</summary>
internal sealed class CastNode : SqlNode
{
    private readonly SqlNode _value;
    private readonly CastTarget _target;

    public CastNode(string name, SqlNode value, CastTarget target)
    {
        (Name, _value, _target) = (name, value, target);
        Depth = Above(value);
    }

    /// <summary>Name as written: cast, in any case.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => [_value];

    /// <summary>The target that a type name stands for; null when it is none.</summary>
    /// <param name="type">Name.</param>
    /// <param name="version">Version, of which 2015-10-08 has fewer.</param>
    public static CastTarget? Target(string type, SqlVersion version) => type.ToUpperInvariant() switch
    {
        "STRING" or "NVARCHAR" or "TEXT" or "NTEXT" or "VARCHAR" => CastTarget.Text,
        "INT" or "INTEGER" => CastTarget.Int,
        "DOUBLE" => CastTarget.Double,
        "DECIMAL" when version != SqlVersion.V2015 => CastTarget.Decimal,
        "BOOL" or "BOOLEAN" when version != SqlVersion.V2015 => CastTarget.Boolean,
        _ => null,
    };

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        var value = _value.Evaluate(frame);
        switch (_target)
        {
            case CastTarget.Text:
                return frame.TrySpend(value.Weight / 16) && SqlConversion.ToText(value) is { } text ? SqlValue.OfText(text) : default;
            case CastTarget.Boolean:
                if (value.IsNumber) return SqlValue.Of(value.Number.Sign != 0);
                return SqlConversion.ToBoolean(value) is { } truth ? SqlValue.Of(truth) : default;
            case CastTarget.Int:
                if (value.Kind == SqlKind.Boolean) return SqlValue.Of(value.IsTrue ? 1 : 0);
                return SqlConversion.TryToWhole(value, out var whole) ? SqlValue.Of(whole) : default;
            default:
                SqlNumber number = value.IsTrue ? 1 : 0;
                if (value.Kind != SqlKind.Boolean && !SqlConversion.TryToNumber(value, out number)) return default;
                return _target == CastTarget.Double ? DoubleFunctions.ToValue(frame, number.ToDouble()) : SqlValue.OfDecimal(number, frame.KeepsDecimals);
        }
    }
}
