using System.CommandLine;
using System.CommandLine.Parsing;
using Fairlead.Server.Configuration;

namespace Fairlead.Verbs;

/// <summary>Says in one line what is wrong with a command line, and where its help is.</summary>
internal static class UsageError
{
    /// <summary>Writes the line for the first error; the others mostly follow from it.</summary>
    /// <returns>The exit code for usage errors.</returns>
    public static int Report(ParseResult result, TextWriter error)
    {
        var command = PathOf(result.CommandResult);
        error.WriteLine($"{command}: {MessageOf(result)}; see {command} --help");
        return ExitCode.Usage;
    }

    private static string MessageOf(ParseResult result)
    {
        // The library's own message for an unknown command is that a command is missing.
        if (result.UnmatchedTokens is not [var unknown, ..]) return string.Join(' ', result.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        var command = result.CommandResult.Command;
        var isFlag = unknown.StartsWith('-');
        var known = isFlag
            ? command.Options.Select(static option => option.Name)
            : command.Subcommands.Select(static child => child.Name);
        var what = isFlag ? "flag" : command.Subcommands.Count > 0 ? "command" : "argument";
        var nearest = NearestName.Find(unknown, known);
        return $"unknown {what} '{unknown}'" + (nearest is null ? "" : $", did you mean {nearest}?");
    }

    private static string PathOf(CommandResult command)
    {
        // The root's own name is that of the executable file, which may differ from the word that people type.
        var path = "";
        for (var at = command; at.Parent is CommandResult parent; at = parent) path = $" {at.Command.Name}{path}";
        return "fairlead" + path;
    }
}
