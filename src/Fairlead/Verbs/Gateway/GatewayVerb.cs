using System.CommandLine;
using System.Text.Json;
using Fairlead.Gateway.Configuration;

namespace Fairlead.Verbs.Gateway;

/// <summary><c>fairlead gateway</c>, which is <c>fairlead gateway run</c>, and the verbs about it.</summary>
internal static class GatewayVerb
{
    /// <summary>Makes the command with its subcommands.</summary>
    public static Command Create()
    {
        var gateway = Run("gateway", "Run a gateway: REST and server-sent events for devices, few AMQP connections to an IoT hub. Same as 'gateway run'.");
        gateway.Add(Run("run", "Run a gateway."));
        gateway.Add(Check());
        gateway.Add(GatewayStatus.Create());
        return gateway;
    }

    private static Command Run(string name, string description)
    {
        var command = new Command(name, description);
        var flags = new GatewayFlags().AddTo(command);
        HelpWithExamples.AddTo(
            command,
            """
            fairlead gateway --hub myhub.azure-devices.net --listen https://0.0.0.0:8443 --set CertificateFile=chain.pem --set KeyFile=key.pem
            fairlead gateway run --config appsettings.json   # the file of the Azure sample works as it is
            """,
            hasLetter: true);
        // Not an asynchronous action: the command line library would then handle Ctrl-C itself.
        command.SetAction(result => GatewayProcess.Run(flags, result));
        return command;
    }

    private static Command Check()
    {
        var command = new Command("check-config", "Show every setting with its value and where that comes from, and what is wrong.");
        var flags = new GatewayFlags().AddTo(command);
        HelpWithExamples.AddTo(command, "fairlead gateway check-config --config appsettings.json", hasLetter: true);
        command.SetAction(result =>
        {
            var configuration = flags.Load(result);
            if (flags.IsJson(result)) WriteJson(configuration);
            else WriteText(configuration);
            foreach (string problem in configuration.Problems) Console.Error.WriteLine($"fairlead gateway: {problem}");
            return configuration.Problems.Count == 0 ? ExitCode.Done : ExitCode.Usage;
        });
        return command;
    }

    private static string Shown(GatewaySetting setting, SettingValue value) => setting.Secret && value.Text.Length > 0 ? "***" : value.Text;

    private static void WriteText(GatewayConfiguration configuration)
    {
        int widest = GatewaySettings.All.Max(static setting => setting.Key.Length);
        foreach (var setting in GatewaySettings.All)
        {
            var value = configuration.Values[setting];
            string text = Shown(setting, value);
            Console.Out.WriteLine($"{setting.Key.PadRight(widest)}  {(text.Length > 0 ? text : "\"\"")}  ({value.Origin})");
        }
    }

    private static void WriteJson(GatewayConfiguration configuration)
    {
        using var output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, JsonText.Indented))
        {
            json.WriteStartArray();
            foreach (var setting in GatewaySettings.All)
            {
                var value = configuration.Values[setting];
                json.WriteStartObject();
                json.WriteString("key", setting.Key);
                json.WriteString("value", Shown(setting, value));
                json.WriteString("origin", value.Origin);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        output.Write("\n"u8);
    }
}
