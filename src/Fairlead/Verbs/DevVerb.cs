using System.CommandLine;

namespace Fairlead.Verbs;

/// <summary><c>fairlead dev</c>.</summary>
internal static class DevVerb
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "dev",
            "Run a hub for a developer: every listener on, no password on this machine, data thrown away at the end unless --data keeps it.");
        var flags = new HubFlags().AddTo(command);
        command.SetAction(result => HubProcess.Run(flags, result, devMode: true));
        return command;
    }
}
