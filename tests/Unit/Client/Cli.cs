using System.CommandLine;
using System.Text;
using Fairlead.Verbs;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>Runs a client verb in this process, with streams of its own.</summary>
internal sealed class Cli
{
    public Dictionary<string, string> Environment { get; } = [];

    public byte[] Input { get; init; } = [];

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static async Task<Outcome> RunAsync(params string[] arguments) => await new Cli().InvokeAsync(arguments);

    public async Task<Outcome> InvokeAsync(params string[] arguments)
    {
        using var output = new MemoryStream();
        await using var error = new StringWriter { NewLine = "\n" };
        await using var help = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal
        {
            Output = output,
            Error = error,
            Input = new MemoryStream(Input),
            Environment = name => Environment.GetValueOrDefault(name),
            Time = Time,
        };
        var root = new RootCommand("test");
        ClientVerbs.AddTo(root, terminal);
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        int exitCode = parsed.Errors.Count > 0
            ? UsageError.Report(parsed, error)
            : await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = help, Error = error, ProcessTerminationTimeout = null },
                TestContext.Current.CancellationToken);
        return new Outcome(exitCode, Encoding.UTF8.GetString(output.ToArray()) + help, error.ToString());
    }

    internal sealed record Outcome(int ExitCode, string Output, string Error);
}
