using System.Text;
using Fairlead.Broker;

namespace Fairlead.Server.Configuration;

/// <summary>Writes the reference page <c>docs/configuration.md</c>.</summary>
internal static class ConfigurationPage
{
    private const string Introduction = """
        # Configuration

        Every setting has a key, such as `Broker:MaximumPacketSize`, and can be given in four places. Later ones win:

        1. built-in defaults (below)
        2. files: `/etc/fairlead/conf.d/*.json` in the order of their names, then each `--config FILE`. JSON; comments and trailing commas are allowed.
           A commented sample with every setting is `deploy/fairlead.json`.
        3. environment variables: `FAIRLEAD__Broker__MaximumPacketSize=1M` (two underscores for the colon); lists take spaces between their elements
        4. flags: `--set Broker:MaximumPacketSize=1M`, and the short forms `--data`, `--listen`, `--allow-anonymous`, `--profile`, `--durability`,
           `--log-level` and `--log-format`

        A list given in one place replaces the list of the places before it as a whole. A secret can come from a file: put `_FILE` behind its key
        (`FAIRLEAD__Admin__Token_FILE=/run/secrets/token`). Sizes take `K`, `M` and `G`; times take `ms`, `s`, `m`, `h` and `d`.

        An unknown key, or a value that is not allowed, stops the start with one line that names the key, the value, what is allowed and where it came
        from. `fairlead hub check-config` says so without starting; `fairlead hub print-config` shows every setting with its value and origin.

        Read again while the hub runs, on SIGHUP or within seconds of a change: the users file, the certificate and key files, and the client CA file;
        on SIGHUP `Log:Level` too. Connections stay as they are. Everything else takes effect at the next start.

        """;

    /// <summary>The page.</summary>
    public static string Write()
    {
        var page = new StringBuilder(Introduction);
        foreach (var section in HubSettings.All.GroupBy(static setting => SampleFile.SectionOf(setting.Key), StringComparer.Ordinal))
        {
            page.Append("\n## ").Append(section.Key.Length > 0 ? section.Key : "General").Append("\n\n| key | default | meaning |\n|---|---|---|\n");
            foreach (var setting in section)
            {
                page.Append("| `").Append(setting.Key).Append("` | ").Append(DefaultOf(setting)).Append(" | ").Append(Escape(setting.Description))
                    .Append(" Must be ").Append(Escape(setting.Allowed)).Append('.').Append(setting.IsSecret ? " Secret." : "").Append(" |\n");
            }
        }

        return page.ToString();
    }

    private static string DefaultOf(Setting setting)
    {
        if (setting.DefaultText is { } text) return Escape(text);
        var standard = Text(setting, BrokerProfile.Standard);
        var aws = Text(setting, BrokerProfile.Aws);
        return standard == aws || setting.Key == "Broker:Profile" ? standard : $"{standard}; profile aws: {aws}";
    }

    private static string Text(Setting setting, BrokerProfile profile)
    {
        var values = setting.Read(new HubOptions { Broker = BrokerOptions.ForProfile(profile) });
        return values.Count == 0 ? "empty" : string.Join(' ', values.Select(static value => $"`{value}`"));
    }

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
