using System.Text;

namespace Fairlead.Edge.Configuration;

/// <summary>Writes the sample file and the reference page from the list of settings, so that neither can be behind.</summary>
internal static class EdgeReference
{
    private static readonly (string Title, IReadOnlyList<EdgeSetting> Settings)[] Groups =
    [
        ("Kanto's settings", KantoSettings.All),
        ("Connection, topics, commands, operation", [.. FairleadSettings.All.Except(SpoolSettings.All)]),
        ("Spool, pace, twin", SpoolSettings.All),
    ];

    /// <summary>The sample file: every setting with its meaning and its default as a line to uncomment.</summary>
    public static string Sample()
    {
        var file = new StringBuilder()
            .Append("// Configuration of a Fairlead edge connector: name it with -configFile (or --config), and uncomment what should differ.\n")
            .Append("// Later ones win: default, environment, this file, flags (-keepAlive 30). A file of Kanto's AWS connector works as it is.\n")
            .Append("// 'fairlead edge check-config --config FILE' explains what is in force and what is wrong.\n{\n");
        foreach (var (title, settings) in Groups)
        {
            file.Append("  // ").Append(title).Append("\n\n");
            foreach (var setting in settings.Where(static setting => !setting.FlagOnly))
            {
                file.Append("  // ").Append(Sentence(setting)).Append('\n');
                file.Append("  //\"").Append(setting.Key).Append("\": ").Append(Default(setting)).Append(",\n\n");
            }
        }

        return file.Append("}\n").ToString();
    }

    /// <summary>The reference page.</summary>
    public static string Page()
    {
        var page = new StringBuilder()
            .Append("# Settings of the edge connector\n\n")
            .Append("Written from the program's own list; `deploy/edge.json` has them as a file to edit. How to use them: [how-to/edge.md](how-to/edge.md).\n\n")
            .Append("Low to high: default, environment, file (`-configFile FILE`, `--config FILE`), flag (`-key value`, `-key=value`, `--key value`), and for the\n")
            .Append("settings marked `cloud` the shadow `edge-config` when `remoteConfig.enabled` is on. Keys of the file are matched without regard to case; `a.b` may\n")
            .Append("also be written as `\"a\": {\"b\": ...}`. Unknown keys are named in the log and ignored. Numbers take `0x` and the suffixes K, M, G.\n\n")
            .Append("Marks: `link` may differ in a member of `links`; `hot` changes with SIGHUP, the others need a restart; `cloud` may be set by the shadow.\n");
        foreach (var (title, settings) in Groups)
        {
            page.Append("\n## ").Append(title).Append("\n\n| key | kind | default | meaning | marks |\n|---|---|---|---|---|\n");
            foreach (var setting in settings)
            {
                page.Append("| `").Append(setting.Key).Append("` | ").Append(Kind(setting)).Append(" | ")
                    .Append(setting.Default.Length == 0 ? "" : $"`{setting.Default}`").Append(" | ").Append(Sentence(setting).Replace("|", "\\|", StringComparison.Ordinal))
                    .Append(" | ").Append(Marks(setting)).Append(" |\n");
            }
        }

        return page.ToString();
    }

    private static string Sentence(EdgeSetting setting)
    {
        string choices = setting.Choices.Count > 0 ? $" One of {string.Join(", ", setting.Choices)}." : "";
        string variable = setting.Variable is { } name ? $" Environment: {name}." : "";
        return setting.Help + choices + variable;
    }

    private static string Kind(EdgeSetting setting) => setting.Kind switch
    {
        SettingKind.Path => "path",
        SettingKind.Number => "integer",
        SettingKind.Fraction => "number",
        SettingKind.Flag => "switch",
        SettingKind.List => "texts",
        SettingKind.Json => "objects",
        _ => "text",
    };

    private static string Marks(EdgeSetting setting)
    {
        List<string> marks = [];
        if (setting.FlagOnly) marks.Add("flag alone");
        if (setting.PerLink) marks.Add("link");
        if (setting.Hot) marks.Add("hot");
        if (setting.Remote) marks.Add("cloud");
        return string.Join(", ", marks);
    }

    private static string Default(EdgeSetting setting) => setting.Kind switch
    {
        SettingKind.Number or SettingKind.Fraction or SettingKind.Flag or SettingKind.Json => setting.Default,
        SettingKind.List => "[]",
        _ => $"\"{setting.Default}\"",
    };
}
