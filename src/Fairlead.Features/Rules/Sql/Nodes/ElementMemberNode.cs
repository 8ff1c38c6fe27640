using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>A name in a nested query: a member of the element, or the element itself if AS calls it so (section 2.9).</summary>
internal sealed class ElementMemberNode(SqlName name) : SqlNode
{
    /// <summary>The name.</summary>
    public SqlName Name { get; } = name;

    /// <summary>Whether AS gives this name to the element. AS comes behind the names, so it is known later.</summary>
    public bool IsElement { get; set; }

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        if (IsElement) return frame.Element;
        var element = frame.Element;
        return frame.TrySpend(element.Weight / 64) ? element.Member(Name) : default;
    }
}
