using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Fairlead.Verbs;

/// <summary>Help of a verb that ends with examples. It takes the letter <c>-h</c> away from help: with mosquitto's tools it names the host.</summary>
internal sealed class HelpWithExamples(HelpAction inner, string examples) : SynchronousCommandLineAction
{
    private const int Width = 120;

    /// <summary>Gives a command its help.</summary>
    public static void AddTo(Command command, string examples) =>
        command.Options.Add(new HelpOption("--help", "-?") { Action = new HelpWithExamples(new HelpAction { MaxWidth = Width }, examples) });

    /// <summary>Help is given whatever else is wrong with the command line.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        int result = inner.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string line in examples.Split('\n'))
            output.WriteLine($"  {line}".TrimEnd());
        output.WriteLine();
        output.WriteLine("Exit codes: 0 done, 1 failed, 2 usage, 3 denied, 4 not found or offline, 5 timeout");
        return result;
    }
}
