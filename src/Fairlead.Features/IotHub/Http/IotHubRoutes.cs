namespace Fairlead.Features.IotHub.Http;

/// <summary>The operations of the Azure-shaped HTTP API by their paths. Parts of the dialect add theirs before the first request.</summary>
internal sealed class IotHubRoutes
{
    private readonly Node _root = new();

    /// <summary>Adds operations.</summary>
    public void Add(params IEnumerable<IotHubRoute> routes)
    {
        foreach (var route in routes)
        {
            var node = _root;
            foreach (string segment in Segments(route.Path))
            {
                if (segment.StartsWith('{')) node = node.Label ??= new Node();
                else if (node.Literals.TryGetValue(segment, out var known)) node = known;
                else node.Literals.Add(segment, node = new Node());
            }

            node.Routes.Add((route, [.. Segments(route.Path).Where(static segment => segment.StartsWith('{')).Select(static segment => segment[1..^1])]));
        }
    }

    /// <summary>Finds the operation of a path and method. Literals go before labels; their case does not matter, that of ids does.</summary>
    /// <param name="segments">Segments of the path, still encoded.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="labels">Still encoded values of the labels by their names.</param>
    /// <param name="methods">Methods that the path has, when it has not this one.</param>
    public IotHubRoute? Find(string[] segments, string method, out Dictionary<string, string> labels, out IReadOnlyList<string> methods)
    {
        labels = new Dictionary<string, string>(StringComparer.Ordinal);
        methods = [];
        // SDKs list devices with GET /devices/.
        if (segments.Length > 1 && segments[^1].Length == 0) segments = segments[..^1];
        var values = new List<string>();
        var (route, names) = Find(_root, segments, 0, method, values);
        if (route is null)
        {
            values.Clear();
            var other = new List<string>();
            Methods(_root, segments, 0, other);
            methods = other;
            return null;
        }

        for (int i = 0; i < names.Length; i++) labels[names[i]] = values[i];
        return route;
    }

    private static string[] Segments(string path) => path[1..].Split('/');

    private static (IotHubRoute? Route, string[] Labels) Find(Node node, string[] segments, int depth, string method, List<string> values)
    {
        if (depth == segments.Length) return node.Routes.Find(one => one.Route.Method == method);
        if (node.Literals.TryGetValue(segments[depth], out var literal) && Find(literal, segments, depth + 1, method, values) is { Route: not null } byLiteral) return byLiteral;
        if (node.Label is null || segments[depth].Length == 0) return default;
        values.Add(segments[depth]);
        if (Find(node.Label, segments, depth + 1, method, values) is { Route: not null } byLabel) return byLabel;
        values.RemoveAt(values.Count - 1);
        return default;
    }

    private static void Methods(Node node, string[] segments, int depth, List<string> methods)
    {
        if (depth == segments.Length)
        {
            methods.AddRange(node.Routes.Select(static one => one.Route.Method));
            return;
        }

        if (node.Literals.TryGetValue(segments[depth], out var literal)) Methods(literal, segments, depth + 1, methods);
        if (node.Label is not null && segments[depth].Length > 0) Methods(node.Label, segments, depth + 1, methods);
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Literals { get; } = new(StringComparer.OrdinalIgnoreCase);

        public Node? Label { get; set; }

        public List<(IotHubRoute Route, string[] Labels)> Routes { get; } = [];
    }
}
