namespace Fairlead.Features.Api;

/// <summary>Finds the operations behind a path. Literal segments go before labels.</summary>
internal sealed class ApiRoutes
{
    private readonly Node _root = new();

    /// <summary>Builds the table.</summary>
    public ApiRoutes(IEnumerable<ApiOperation> operations)
    {
        foreach (var operation in operations) Add(operation);
    }

    /// <summary>The operations of every method at the path, and the raw labels; null when nothing is there.</summary>
    /// <param name="segments">Segments of the path, still encoded.</param>
    /// <param name="labels">Still encoded values of the labels in their order.</param>
    public IReadOnlyList<ApiOperation>? Find(string[] segments, out List<string> labels)
    {
        labels = [];
        return Find(_root, segments, 0, null, labels);
    }

    /// <summary>
    /// The operations at the path of which one has the method; without one those of any method. A name may read like a literal of
    /// another operation: <c>GET /thing-groups/addThingToThingGroup</c> asks for the group of that name.
    /// </summary>
    public IReadOnlyList<ApiOperation>? Find(string[] segments, string method, out List<string> labels)
    {
        labels = [];
        return Find(_root, segments, 0, method, labels) ?? Find(segments, out labels);
    }

    private static List<ApiOperation>? Find(Node node, string[] segments, int depth, string? method, List<string> labels)
    {
        if (depth == segments.Length) return node.Has(method) ? node.Operations : null;
        if (node.Literals.TryGetValue(segments[depth], out var literal) && Find(literal, segments, depth + 1, method, labels) is { } byLiteral) return byLiteral;
        if (node.Label is { } label && segments[depth].Length > 0)
        {
            labels.Add(segments[depth]);
            if (Find(label, segments, depth + 1, method, labels) is { } byLabel) return byLabel;
            labels.RemoveAt(labels.Count - 1);
        }

        if (node.Rest is null || !node.Rest.Has(method)) return null;
        labels.Add(string.Join('/', segments[depth..]));
        return node.Rest.Operations;
    }

    private void Add(ApiOperation operation)
    {
        var node = _root;
        foreach (var segment in operation.Path[1..].Split('/'))
        {
            if (segment.EndsWith("+}", StringComparison.Ordinal)) node = node.Rest ??= new Node();
            else if (segment.StartsWith('{')) node = node.Label ??= new Node();
            else if (node.Literals.TryGetValue(segment, out var known)) node = known;
            else node.Literals.Add(segment, node = new Node());
        }

        node.Operations.Add(operation);
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Literals { get; } = new(StringComparer.Ordinal);

        public Node? Label { get; set; }

        public Node? Rest { get; set; }

        public List<ApiOperation> Operations { get; } = [];

        public bool Has(string? method) => method is null ? Operations.Count > 0 : Operations.Exists(operation => operation.Method == method);
    }
}
