using System.CommandLine;

namespace Fairlead.Verbs;

/// <summary><c>fairlead dev</c>.</summary>
internal static class DevVerb
{
    private const string Examples =
        """
        fairlead dev                                     # all listeners, the gateway and the console; data goes at the end
        fairlead dev --data ./data                       # keeps its data
        fairlead dev --set Tls:Names=localhost,hub.lan   # further names in the certificate
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "dev",
            "Run a hub for a developer: every listener on, no password on this machine, data thrown away at the end unless --data keeps it.");
        var flags = new HubFlags().AddTo(command);
        HelpWithExamples.AddTo(command, Examples, hasLetter: true);
        command.SetAction(result => HubProcess.Run(flags, result, devMode: true));
        return command;
    }
}
