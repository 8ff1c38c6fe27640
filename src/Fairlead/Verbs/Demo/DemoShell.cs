using System.CommandLine;
using System.Text;

namespace Fairlead.Verbs.Demo;

/// <summary>Runs commands of this program in this process, exactly those that are shown.</summary>
/// <param name="variables">Environment variables that they see.</param>
internal sealed class DemoShell(IReadOnlyList<(string Name, string Value)> variables)
{
    /// <summary>Runs a command that is expected to end with 0.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="VerbException">It ended otherwise.</exception>
    public async Task<string> RunAsync(DemoRecord record, CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await TryAsync(record, cancellationToken, arguments);
        record.Require(result.ExitCode == ExitCode.Done, Line(arguments), $"it ended with {result.ExitCode}: {result.Talk.ReplaceLineEndings(" ").Trim()}");
        return result.Output;
    }

    /// <summary>Runs a command.</summary>
    public async Task<Result> TryAsync(DemoRecord record, CancellationToken cancellationToken, params string[] arguments)
    {
        record.Command(Line(arguments));
        using var output = new MemoryStream();
        await using var talk = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal
        {
            Output = output,
            Error = talk,
            Input = Stream.Null,
            Environment = name => variables.FirstOrDefault(variable => variable.Name == name).Value,
        };
        var root = new RootCommand();
        ClientVerbs.AddTo(root, terminal);
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        int exitCode = parsed.Errors.Count > 0
            ? UsageError.Report(parsed, talk)
            : await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = talk, Error = talk, ProcessTerminationTimeout = null }, cancellationToken);
        return new Result(exitCode, Encoding.UTF8.GetString(output.ToArray()), talk.ToString());
    }

    private static string Line(string[] arguments) => $"fairlead {string.Join(' ', arguments.Select(Quote))}";

    private static string Quote(string argument) =>
        argument.Length > 0 && argument.All(static letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=@,%+".Contains(letter, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <param name="ExitCode">Exit code.</param>
    /// <param name="Output">What it wrote to standard output.</param>
    /// <param name="Talk">What it wrote to standard error.</param>
    internal sealed record Result(int ExitCode, string Output, string Talk);
}
