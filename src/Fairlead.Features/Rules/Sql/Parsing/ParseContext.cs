using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Payloads;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Parsing;

/// <summary>What is known while a statement or a template is parsed.</summary>
internal sealed class ParseContext(SqlVersion version, SqlScope scope, IReadOnlyList<string> variables, bool allowsExternal)
{
    private readonly List<string> _variables = [.. variables];
    private readonly Stack<NestedScope> _nested = new();

    /// <summary>Version.</summary>
    public SqlVersion Version { get; } = version;

    /// <summary>Hub.</summary>
    public SqlScope Scope { get; } = scope;

    /// <summary>Whether external functions are allowed.</summary>
    public bool AllowsExternal { get; } = allowsExternal;

    /// <summary>Whether one has been called.</summary>
    public bool CallsExternal { get; set; }

    /// <summary>What is read of the payload.</summary>
    public PayloadPaths Paths { get; } = new();

    /// <summary>Names of the variables so far.</summary>
    public IReadOnlyList<string> Variables => _variables;

    /// <summary>Frame in which constants are calculated once.</summary>
    public SqlFrame Constants { get; } = new(version);

    /// <summary>Declares a variable.</summary>
    public void Declare(string variable) => _variables.Add(variable);

    /// <summary>Place of a variable; -1 when it is not declared.</summary>
    public int Find(string variable) => _variables.IndexOf(variable);

    /// <summary>Names now belong to the element of a nested query.</summary>
    public void Enter() => _nested.Push(new NestedScope());

    /// <summary>Leaves the nested query for a while, to read its FROM.</summary>
    public NestedScope Suspend() => _nested.Pop();

    /// <summary>Comes back to the nested query.</summary>
    public void Resume(NestedScope scope) => _nested.Push(scope);

    /// <summary>Leaves the nested query: names that are its alias stand for the element.</summary>
    public void Leave(string? alias) => _nested.Pop().Close(alias);

    /// <summary>A name: attribute of the payload, or member of the element.</summary>
    public SqlNode Name(string name) => _nested.TryPeek(out var nested) ? nested.Add(name) : new AttributeNode(Paths, new SqlName(name));

    /// <summary><c>*</c> as a value.</summary>
    public SqlNode Everything() => _nested.Count > 0 ? new ElementNode() : new PayloadNode(Paths.AddWhole());

    /// <summary>Names used in a nested query.</summary>
    internal sealed class NestedScope
    {
        private readonly List<ElementMemberNode> _names = [];

        /// <summary>A name.</summary>
        public ElementMemberNode Add(string name)
        {
            var node = new ElementMemberNode(new SqlName(name));
            _names.Add(node);
            return node;
        }

        /// <summary>Tells the names what AS calls the element.</summary>
        public void Close(string? alias)
        {
            foreach (var node in _names) node.IsElement = string.Equals(node.Name.Text, alias, StringComparison.Ordinal);
        }
    }
}
