using System.CommandLine;
using System.Text.Json;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;

namespace Fairlead.Verbs.Local;

/// <summary><c>fairlead hub print-config</c> and <c>fairlead hub check-config</c>.</summary>
internal static class ConfigurationVerbs
{
    /// <summary>Every key with its value and where that came from.</summary>
    public static Command Print()
    {
        var command = new Command("print-config", "Show every setting with its value and where the value comes from.");
        var flags = new HubFlags().AddTo(command);
        HelpWithExamples.AddTo(
            command,
            """
            fairlead hub print-config                        # key, value, origin
            fairlead hub print-config --json | jq -r 'select(.key=="Data").value'
            """,
            hasLetter: true);
        command.SetAction(result => LocalVerb.Run("hub print-config", () =>
        {
            var effective = flags.Load(result, devMode: false).Effective;
            if (flags.IsJson(result)) WriteJson(effective);
            else WriteText(effective);
            return ExitCode.Done;
        }));
        return command;
    }

    /// <summary>Whether a hub would start with this configuration.</summary>
    public static Command Check()
    {
        var command = new Command("check-config", "Check the configuration and the files it names, without starting anything.");
        var flags = new HubFlags().AddTo(command);
        HelpWithExamples.AddTo(command, "fairlead hub check-config --config hub.json      # 0 when a hub would start with it, else 2 and a sentence", hasLetter: true);
        command.SetAction(result => LocalVerb.Run("hub check-config", () =>
        {
            HubFiles.Check(flags.Load(result, devMode: false).Options);
            if (flags.IsJson(result)) Console.Out.WriteLine("""{"valid":true}""");
            else Console.Error.WriteLine("the configuration is valid");
            return ExitCode.Done;
        }));
        return command;
    }

    private static void WriteText(IReadOnlyList<EffectiveSetting> effective)
    {
        var widest = effective.Max(static entry => entry.Setting.Key.Length);
        foreach (var entry in effective)
        {
            var value = string.Join(' ', entry.Values);
            Console.Out.WriteLine($"{entry.Setting.Key.PadRight(widest)}  {(value.Length > 0 ? value : "\"\"")}  ({entry.Origin})");
        }
    }

    private static void WriteJson(IReadOnlyList<EffectiveSetting> effective)
    {
        using var output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, JsonText.Indented))
        {
            json.WriteStartArray();
            foreach (var entry in effective)
            {
                json.WriteStartObject();
                json.WriteString("key", entry.Setting.Key);
                if (entry.Setting.IsList)
                {
                    json.WriteStartArray("value");
                    foreach (var value in entry.Values) json.WriteStringValue(value);
                    json.WriteEndArray();
                }
                else
                {
                    json.WritePropertyName("value");
                    if (entry.Setting.IsLiteral) json.WriteRawValue(entry.Values[0]);
                    else json.WriteStringValue(entry.Values[0]);
                }

                json.WriteString("origin", entry.Origin);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        output.Write("\n"u8);
    }
}
