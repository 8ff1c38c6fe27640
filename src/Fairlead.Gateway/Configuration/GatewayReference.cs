using System.Text;

namespace Fairlead.Gateway.Configuration;

/// <summary>Writes the sample file and the reference page from the list of settings, so that neither can be behind.</summary>
internal static class GatewayReference
{
    /// <summary>The sample file: every setting with its meaning and its default as a line to uncomment.</summary>
    public static string Sample()
    {
        var file = new StringBuilder()
            .Append("// Configuration of a Fairlead gateway: name it with --config, and uncomment what should differ.\n")
            .Append("// Later ones win: default, this file, environment (ServerOptions__MaxPoolSize=10), flags (--set MaxPoolSize=10).\n")
            .Append("// 'fairlead gateway check-config --config FILE' shows what is in force and what is wrong.\n{\n")
            .Append("  \"").Append(GatewaySettings.Section).Append("\": {\n");
        foreach (var (title, settings) in GatewaySettings.Groups)
        {
            file.Append("    // ").Append(title).Append("\n\n");
            foreach (var setting in settings)
            {
                file.Append("    // ").Append(setting.Help).Append('\n');
                file.Append("    //\"").Append(setting.Key).Append("\": ").Append(Default(setting)).Append(",\n\n");
            }
        }

        return file.Append("  }\n}\n").ToString();
    }

    /// <summary>The reference page.</summary>
    public static string Page()
    {
        var page = new StringBuilder()
            .Append("# Settings of the gateway\n\n")
            .Append("Written from the program's own list; `deploy/gateway.json` has them as a file to edit. How to use them: [how-to/gateway.md](how-to/gateway.md).\n\n")
            .Append("Low to high: default, file (`--config FILE`; the object `ServerOptions`, so that the sample gateway's `appsettings.json` works as it is),\n")
            .Append("environment (`ServerOptions__MaxPoolSize`), flags (`--set MaxPoolSize=10`). Names are matched without regard to case. A value that cannot be\n")
            .Append("used and a name that does not exist stop the start with a sentence that says what to do.\n");
        foreach (var (title, settings) in GatewaySettings.Groups)
        {
            page.Append("\n## ").Append(title).Append("\n\n| setting | kind | default | meaning |\n|---|---|---|---|\n");
            foreach (var setting in settings)
            {
                page.Append("| `").Append(setting.Key).Append("` | ").Append(Kind(setting)).Append(" | ")
                    .Append(setting.Default.Length == 0 ? "" : $"`{setting.Default}`").Append(" | ").Append(setting.Help).Append(Range(setting)).Append(" |\n");
            }
        }

        return page.ToString();
    }

    private static string Range(GatewaySetting setting) =>
        setting.Kind is SettingKind.Number or SettingKind.Fraction ? $" From {setting.Least} to {setting.Most}." : "";

    private static string Kind(GatewaySetting setting) => setting.Kind switch
    {
        SettingKind.Path => "path",
        SettingKind.Number => "integer",
        SettingKind.Fraction => "number",
        SettingKind.Switch => "switch",
        SettingKind.List => "texts",
        _ => "text",
    };

    private static string Default(GatewaySetting setting) => setting.Kind switch
    {
        SettingKind.Number or SettingKind.Fraction or SettingKind.Switch => setting.Default,
        SettingKind.List => setting.Default.Length == 0 ? "[]" : $"[\"{setting.Default}\"]",
        _ => $"\"{setting.Default}\"",
    };
}
