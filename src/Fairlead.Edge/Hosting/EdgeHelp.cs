using Fairlead.Edge.Configuration;

namespace Fairlead.Edge.Hosting;

/// <summary>The help of the command line.</summary>
internal static class EdgeHelp
{
    /// <summary>Writes it.</summary>
    public static void Write(TextWriter to)
    {
        to.WriteLine("""
            Edge connector: forwards messages of a local MQTT broker to a hub over one connection, and keeps them while it is down.

            Usage:
              fairlead edge [run] [flags]           Run.
              fairlead edge check-config [flags]    Explain every setting: value, where it comes from, what is wrong with it.
                                                    With --connect also try name, TLS and CONNECT (it takes the session over for a moment).
              fairlead edge status [flags]          Ask a running connector: link, buffer, last cause.
              fairlead edge enroll NAME             At a hub: make thing, certificate, policy and the files to start from (--help; not in fairlead-edge).
              fairlead edge ls                      At a hub: list the connectors that report to it (--help; not in fairlead-edge).

            A flag is -name value, -name=value or --name value; each is a key of the JSON file too. --json makes check-config and status print JSON.
            Exit codes: 0 normal end, 1 fault at runtime or in the configuration, 2 fault of the command line, 130 second signal.

            Examples:
              fairlead edge --config edge.json
              fairlead edge check-config --config edge.json --connect
              fairlead edge -configFile /etc/aws-connector/config.json -logLevel DEBUG

            Flags:
            """);
        foreach (var setting in EdgeValues.Settings.Where(static setting => setting.Kind != SettingKind.Json))
        {
            string value = setting.Kind switch { SettingKind.Flag => "", SettingKind.Number or SettingKind.Fraction => " number", SettingKind.Path => " file", _ => " text" };
            to.WriteLine($"  -{setting.Key}{value}");
            string choices = setting.Choices.Count > 0 ? $" One of {string.Join(", ", setting.Choices)}." : "";
            string fallback = setting.Default.Length > 0 && setting.Kind != SettingKind.Flag ? $" Default {setting.Default}." : setting.Default == "true" ? " Default true." : "";
            to.WriteLine($"        {setting.Help}{choices}{fallback}");
        }

        to.WriteLine("In the file alone: " + string.Join(", ", EdgeValues.Settings.Where(static setting => setting.Kind == SettingKind.Json).Select(static setting => setting.Key)) + ".");
    }
}
