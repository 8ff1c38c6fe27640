using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Fairlead.Verbs;

/// <summary><c>fairlead version</c>.</summary>
internal static class VersionVerb
{
    /// <summary>Version of this build, such as <c>0.1.0</c>, with the commit after a plus sign when it is known.</summary>
    public static string Version { get; } =
        typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Command("version", "Version of the program and of the runtime under it.") { json };
        HelpWithExamples.AddTo(command, "fairlead version --json", hasLetter: true);
        command.SetAction(result =>
        {
            Console.Out.WriteLine(result.GetValue(json)
                ? $$"""{"version":"{{Version}}","runtime":"{{RuntimeInformation.FrameworkDescription}}","os":"{{RuntimeInformation.RuntimeIdentifier}}"}"""
                : $"fairlead {Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
            return ExitCode.Done;
        });
        return command;
    }
}
