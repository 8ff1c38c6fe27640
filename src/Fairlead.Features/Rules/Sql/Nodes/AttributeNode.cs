using Fairlead.Features.Rules.Sql.Payloads;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>An attribute of the payload, such as <c>a.b.c</c>: read before the evaluation, in one pass together with all others.</summary>
internal sealed class AttributeNode : SqlNode
{
    private readonly PayloadPaths _paths;
    private readonly SqlName[] _names;
    private int _slot = -1;

    public AttributeNode(PayloadPaths paths, params SqlName[] names) => (_paths, _names) = (paths, names);

    /// <summary>Its last name.</summary>
    public SqlName Last => _names[^1];

    /// <summary>An attribute further down.</summary>
    public AttributeNode Child(SqlName name) => new(_paths, [.. _names, name]);

    /// <summary>Asks for the attribute; done once it is known that no further name follows.</summary>
    public void Bind() => _slot = _paths.Add(_names);

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame) => frame.Slots[_slot];
}
