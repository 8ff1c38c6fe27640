using System.CommandLine;
using Fairlead.Verbs.Backups;
using Fairlead.Verbs.Local;

namespace Fairlead.Verbs;

/// <summary><c>fairlead hub</c>, which is <c>fairlead hub run</c>, and the verbs about its configuration.</summary>
internal static class HubVerb
{
    private const string Examples =
        """
        fairlead hub --data /var/lib/fairlead --listen mqtts://0.0.0.0:8883 --listen tls://0.0.0.0:8443
        fairlead hub run --config /etc/fairlead/hub.json --set Broker:MaximumPacketSize=1M
        """;

    /// <summary>Makes the command with its subcommands.</summary>
    public static Command Create()
    {
        var hub = Run("hub", "Run a hub: broker, listeners, health and metrics. Same as 'hub run'.");
        hub.Add(Run("run", "Run a hub."));
        hub.Add(ConfigurationVerbs.Print());
        hub.Add(ConfigurationVerbs.Check());
        hub.Add(DoctorVerb.Create());
        hub.Add(new BackupVerb(Terminal.OfProcess()).Create());
        hub.Add(new RestoreVerb(Terminal.OfProcess()).Create());
        return hub;
    }

    private static Command Run(string name, string description)
    {
        var command = new Command(name, description);
        var flags = new HubFlags().AddTo(command);
        HelpWithExamples.AddTo(command, Examples, hasLetter: true);
        // Not an asynchronous action: the command line library would then handle Ctrl-C itself.
        command.SetAction(result => HubProcess.Run(flags, result, devMode: false));
        return command;
    }
}
