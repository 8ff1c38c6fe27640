using System.Text;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.Operations;

/// <summary>
/// <c>docs/aws-operations.md</c>: each operation with its state and the tests that call it. What the hub says and what the test sources
/// say is known before a single call, so the table does not depend on which tests ran, or in which order.
/// </summary>
public static class OperationTable
{
    private const string Title = """
        # Operations of the AWS IoT API

        Every operation of AWS' service models `iot` (control plane) and `iot-data` (data plane).

        - **same**: members, answers and errors as AWS documents them, within the subset that the operation's tests show
        - **differs**: it works, but not in the same way; the last column says how
        - **refused**: answers 400 `InvalidRequestException` with the sentence in the last column, and changes nothing

        The third column names the classes in `tests/Interop` that call the operation with boto3, the AWS SDK for JavaScript, or both. Written by
        `FAIRLEAD_WRITE_DOCS=1 Fairlead.Interop -class "*OperationTests*"`; the same test fails when a line is missing or its state is not that of the hub.


        """;

    private static string File => Path.Combine(ProgramPath.Root, "docs", "aws-operations.md");

    /// <summary>Sources of the tests with the class that each holds.</summary>
    public static IReadOnlyList<(string Class, string Text)> Sources() =>
    [
        .. Directory.EnumerateFiles(OperationFact.Folder, "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains("node_modules", StringComparison.Ordinal) && !path.Contains("/Operations/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(static path => (Path.GetFileNameWithoutExtension(path), System.IO.File.ReadAllText(path))),
    ];

    /// <summary>Test classes that call an operation by its name.</summary>
    public static IReadOnlyList<string> CallersOf(IReadOnlyList<(string Class, string Text)> sources, string operation) =>
        [.. sources.Where(source => source.Text.Contains($"\"{operation}\"", StringComparison.Ordinal)).Select(static source => source.Class).Distinct(StringComparer.Ordinal)];

    /// <summary>The page.</summary>
    public static string Write(IReadOnlyList<OfferedOperation> operations)
    {
        var sources = Sources();
        var text = new StringBuilder(Title);
        foreach (var (service, heading) in new[] { ("iot", "Control plane"), ("iot-data", "Data plane") })
        {
            var lines = operations.Where(one => one.Service == service).DistinctBy(static one => one.Name, StringComparer.Ordinal).OrderBy(static one => one.Name, StringComparer.Ordinal).ToList();
            var offered = lines.Count(static one => one.IsOffered);
            text.Append($"## {heading}\n\n{offered} offered, {lines.Count - offered} refused.\n\n| operation | state | called by | remark |\n|---|---|---|---|\n");
            foreach (var one in lines)
            {
                var remark = one.Reason ?? OperationDifferences.Of(one.Name);
                var state = !one.IsOffered ? "refused" : remark is null ? "same" : "differs";
                text.Append($"| {one.Name} | {state} | {string.Join(", ", CallersOf(sources, one.Name).Select(static name => $"`{name}`"))} | {remark} |\n");
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>With FAIRLEAD_WRITE_DOCS=1 writes the page; otherwise its lines must be current but for the names of the tests.</summary>
    public static void ShouldBeCurrent(string expected)
    {
        if (Environment.GetEnvironmentVariable("FAIRLEAD_WRITE_DOCS") == "1") System.IO.File.WriteAllText(File, expected);
        Lines(System.IO.File.ReadAllText(File)).ShouldBe(Lines(expected), "docs/aws-operations.md is not current: run this test with FAIRLEAD_WRITE_DOCS=1");
    }

    private static List<string> Lines(string page) =>
    [
        .. page.Split('\n').Select(static line => line.Split('|') is { Length: 6 } cells ? $"{cells[1].Trim()}: {cells[2].Trim()}: {cells[4].Trim()}" : line),
    ];
}
