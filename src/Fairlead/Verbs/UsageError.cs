using System.CommandLine;

namespace Fairlead.Verbs;

/// <summary>Says in one line what is wrong with a command line, and where its help is.</summary>
internal static class UsageError
{
    /// <summary>Writes the line for the first error; the others mostly follow from it.</summary>
    /// <returns>The exit code for usage errors.</returns>
    public static int Report(ParseResult result, TextWriter error)
    {
        var command = PathOf(result.CommandResult);
        error.WriteLine($"{command}: {result.Errors[0].Message.TrimEnd('.')}; see {command} --help");
        return ExitCode.Usage;
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult command)
    {
        // The root's own name is that of the executable file, which may differ from the word that people type.
        var path = "";
        for (var at = command; at.Parent is System.CommandLine.Parsing.CommandResult parent; at = parent)
            path = $" {at.Command.Name}{path}";
        return "fairlead" + path;
    }
}
