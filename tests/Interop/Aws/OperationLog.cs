using System.Collections.Concurrent;

namespace Fairlead.Interop.Aws;

/// <summary>Which operations foreign clients have called in this run, and what came of it.</summary>
public static class OperationLog
{
    private static readonly ConcurrentDictionary<(string Service, string Operation), ConcurrentBag<(AwsTool Tool, string? Error)>> Calls = new();

    /// <summary>Notes a call.</summary>
    public static void Note(string service, string operation, AwsTool tool, AwsAnswer answer) =>
        Calls.GetOrAdd((service, operation), static _ => []).Add((tool, answer.Error?.Code));

    /// <summary>Operations that at least one client has called with success, with those clients.</summary>
    public static IReadOnlyDictionary<(string Service, string Operation), IReadOnlyList<AwsTool>> Served() =>
        Calls.Select(static pair => (pair.Key, Tools: (IReadOnlyList<AwsTool>)[.. pair.Value.Where(static call => call.Error is null).Select(static call => call.Tool).Distinct().Order()]))
            .Where(static pair => pair.Tools.Count > 0)
            .ToDictionary(static pair => pair.Key, static pair => pair.Tools);
}
