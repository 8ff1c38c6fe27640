using System.Text.Json;

namespace Fairlead.Edge.Configuration;

/// <summary>The configuration of all layers, low to high: default, environment, file, flag (spec section 2); above them what the cloud changed.</summary>
internal sealed class EdgeConfiguration
{
    private readonly List<ConfigurationProblem> _problems = [];

    private EdgeConfiguration()
    {
    }

    /// <summary>The settings themselves.</summary>
    public EdgeValues Values { get; } = new();

    /// <summary>The settings of each link; one when <c>links</c> is empty.</summary>
    public IReadOnlyList<EdgeValues> Links { get; private set; } = [];

    /// <summary>What is wrong, and remarks.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems => _problems;

    /// <summary>The first fault that keeps a connector from starting; null when nothing does.</summary>
    public ConfigurationProblem? Fault => _problems.Find(static problem => problem.ExitCode != 0);

    /// <summary>What a connector is made from; null when there is a <see cref="Fault"/>.</summary>
    public EdgeOptions? Options { get; private set; }

    /// <summary>Reads everything. Never throws for what people wrote.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="remote">What the cloud changed, a JSON object; null for nothing.</param>
    public static EdgeConfiguration Load(GoFlags flags, Func<string, string?> environment, JsonElement? remote = null)
    {
        var configuration = new EdgeConfiguration();
        configuration._problems.AddRange(flags.Problems);
        configuration.ReadEnvironment(environment);
        if (flags.ConfigFile is { } file) ConfigurationFile.Read(file, configuration.Values, configuration._problems);
        configuration.ReadFlags(flags);
        if (remote is { ValueKind: JsonValueKind.Object } json)
            ConfigurationFile.ReadObject(json, "", configuration.Values, "remote", configuration._problems);
        configuration.ReadLinks();
        configuration.Options = EdgeOptionsBuilder.Build(configuration.Values, configuration.Links, configuration._problems);
        return configuration;
    }

    private void ReadEnvironment(Func<string, string?> environment)
    {
        foreach (var setting in EdgeValues.Settings)
        {
            if (setting.Variable is { } variable && environment(variable) is { Length: > 0 } text)
                ConfigurationFile.Add(setting, new SettingValue([text], $"environment {variable}"), Values, _problems);
        }

        if (environment("MQTT_LOG_LEVEL") is { Length: > 0 })
            _problems.Add(ConfigurationProblem.Warning("MQTT_LOG_LEVEL", "there is no log of an MQTT library apart; logLevel DEBUG shows the connections"));
    }

    private void ReadFlags(GoFlags flags)
    {
        foreach (var group in flags.Given.Where(static given => !given.Setting.FlagOnly).GroupBy(static given => given.Setting))
        {
            var setting = group.Key;
            IReadOnlyList<string> items = setting.Kind != SettingKind.List
                ? [group.Last().Text]
                : setting.Key == "alpn"
                    ? group.Last().Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    : [.. group.Select(static given => given.Text).Where(static text => text.Length > 0)];
            var value = new SettingValue(items, "flag");
            // An empty flag takes a value of the file away; where empty is no value, the default holds again.
            if (value.Text.Length == 0 && setting.Kind is SettingKind.Number or SettingKind.Fraction or SettingKind.Flag)
                _problems.Add(ConfigurationProblem.Usage(setting.Key, "needs a value"));
            else if (EdgeValues.FindFault(setting, value) is { } fault && setting.Kind is SettingKind.Number or SettingKind.Fraction or SettingKind.Flag && !IsRange(setting, value))
                _problems.Add(ConfigurationProblem.Usage(setting.Key, fault));
            else
                ConfigurationFile.Add(setting, value, Values, _problems);
        }
    }

    // A number out of range is a fault of the configuration wherever it stands; something that is no number is one of the command line.
    private static bool IsRange(EdgeSetting setting, SettingValue value) => setting.Kind switch
    {
        SettingKind.Number => SettingNumber.TryRead(value.Text, out _),
        SettingKind.Fraction => SettingNumber.TryReadFraction(value.Text, out _),
        _ => false,
    };

    private void ReadLinks()
    {
        using var document = JsonDocument.Parse(Values.Text("links"));
        if (document.RootElement.GetArrayLength() == 0)
        {
            Links = [Values];
            return;
        }

        List<EdgeValues> links = [];
        foreach (var json in document.RootElement.EnumerateArray())
        {
            var link = Values.ForLink();
            if (json.ValueKind == JsonValueKind.Object) ConfigurationFile.ReadObject(json, "", link, $"file, links[{links.Count}]", _problems);
            else _problems.Add(ConfigurationProblem.Fault("links", "must hold objects"));
            foreach (var setting in EdgeValues.Settings.Where(setting => !setting.PerLink && link.IsSetHere(setting.Key)))
            {
                link.Unset(setting.Key);
                _problems.Add(ConfigurationProblem.Warning($"links[{links.Count}].{setting.Key}", "holds for all links; it is ignored here"));
            }

            if (!link.IsSetHere("name")) link.Set(EdgeValues.Find("name")!, new SettingValue([$"hub{links.Count + 1}"], "default"));
            links.Add(link);
        }

        Links = links;
        foreach (var twice in links.GroupBy(static link => link.Text("name"), StringComparer.OrdinalIgnoreCase).Where(static group => group.Count() > 1))
            _problems.Add(ConfigurationProblem.Fault("links", $"two links have the name {twice.Key}"));
    }
}
