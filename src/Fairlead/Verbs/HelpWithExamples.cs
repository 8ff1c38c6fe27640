using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Fairlead.Verbs;

/// <summary>Help of a verb that ends with examples.</summary>
internal sealed class HelpWithExamples(HelpAction inner, string examples) : SynchronousCommandLineAction
{
    private const int Width = 120;

    /// <summary>Gives a command its help.</summary>
    /// <param name="command">The command.</param>
    /// <param name="examples">Command lines.</param>
    /// <param name="hasLetter">Whether <c>-h</c> asks for it too; with mosquitto's tools that letter names the host, and verbs that talk to a server leave it to them.</param>
    public static void AddTo(Command command, string examples, bool hasLetter = false)
    {
        string[] names = hasLetter ? ["-?", "-h"] : ["-?"];
        command.Options.Add(new HelpOption("--help", names) { Action = new HelpWithExamples(new HelpAction { MaxWidth = Width }, examples) });
    }

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
