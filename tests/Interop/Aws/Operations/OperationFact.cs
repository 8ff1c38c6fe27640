using System.Text.RegularExpressions;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.Operations;

/// <summary>An operation as AWS' service model has it, from <c>operations.txt</c>: one a line, service, name, method, path.</summary>
/// <param name="Service"><c>iot</c> (control plane) or <c>iot-data</c>.</param>
/// <param name="Name">Name of the operation.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path with labels in braces.</param>
public sealed partial record OperationFact(string Service, string Name, string Method, string Path)
{
    /// <summary>Folder of the interop tests.</summary>
    public static string Folder => System.IO.Path.Combine(ProgramPath.Root, "tests", "Interop");

    /// <summary>All operations of both services.</summary>
    public static IReadOnlyList<OperationFact> All { get; } =
    [
        .. File.ReadLines(System.IO.Path.Combine(Folder, "Aws", "Operations", "operations.txt"))
            .Select(static line => line.Split(' ')).Select(static parts => new OperationFact(parts[0], parts[1], parts[2], parts[3])),
    ];

    /// <summary>The path with every label reduced to <c>{}</c>: their names are nobody's business.</summary>
    public static string Shape(string path) => Label().Replace(path, "{}");

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Label();
}
