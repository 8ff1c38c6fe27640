using System.Text;
using System.Text.Json;

namespace Fairlead.Server.Configuration;

/// <summary>Writes the commented sample file: every option with its meaning, what it may be, and its default as a line to uncomment.</summary>
internal static class SampleFile
{
    private const int Width = 110;

    /// <summary>Stands for the default that depends on the machine.</summary>
    private const string DataExample = "/var/lib/fairlead";

    /// <summary>The file.</summary>
    public static string Write()
    {
        var file = new StringBuilder()
            .Append("// Configuration of a Fairlead hub: copy it to /etc/fairlead/conf.d/ or name it with --config, and uncomment what should differ.\n")
            .Append("// Later ones win: defaults, conf.d/*.json by name, --config, environment (FAIRLEAD__Broker__Profile=aws), flags (--set Broker:Profile=aws).\n")
            .Append("// 'fairlead hub check-config' checks it, 'fairlead hub print-config' shows what is in force and why.\n{\n");
        foreach (var section in HubSettings.All.GroupBy(static setting => SectionOf(setting.Key), StringComparer.Ordinal))
        {
            var indent = "  ";
            if (section.Key.Length > 0)
            {
                file.Append("  ").Append('"').Append(section.Key).Append("\": {\n");
                indent = "    ";
            }

            foreach (var setting in section) Append(file, indent, setting);
            if (section.Key.Length > 0) file.Append("  },\n");
        }

        return file.Append("}\n").ToString();
    }

    /// <summary>The section of a key; empty for none.</summary>
    public static string SectionOf(string key)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? "" : key[..colon];
    }

    private static void Append(StringBuilder file, string indent, Setting setting)
    {
        foreach (var line in Wrap($"{setting.Description} {Sentence(setting)}")) file.Append(indent).Append("// ").Append(line).Append('\n');
        file.Append(indent).Append("//\"").Append(setting.Key[(setting.Key.LastIndexOf(':') + 1)..]).Append("\": ").Append(Value(setting)).Append(",\n");
    }

    private static string Sentence(Setting setting)
    {
        var origin = setting.DefaultText is null ? "" : $" Default: {setting.DefaultText}.";
        var secret = setting.IsSecret ? " With _FILE behind the key: a file that holds it." : "";
        return $"Must be {setting.Allowed}.{origin}{secret}";
    }

    private static string Value(Setting setting)
    {
        var values = setting.Read(new HubOptions());
        if (setting.IsList) return $"[{string.Join(", ", values.Select(Quote))}]";
        if (setting.Key == "Data") return Quote(DataExample);
        return setting.IsLiteral ? values[0] : Quote(values[0]);
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static IEnumerable<string> Wrap(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length >= Width)
            {
                yield return line.ToString();
                line.Clear();
            }

            if (line.Length > 0) line.Append(' ');
            line.Append(word);
        }

        yield return line.ToString();
    }
}
