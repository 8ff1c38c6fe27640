using System.Globalization;

namespace Fairlead.Server.Configuration;

/// <summary>Merges the layers of configuration into <see cref="HubOptions"/> and remembers where each value came from.</summary>
public sealed class HubConfiguration
{
    private readonly Dictionary<string, (List<string> Values, string Origin)> _given = new(StringComparer.OrdinalIgnoreCase);

    private HubConfiguration()
    {
    }

    /// <summary>The options.</summary>
    public HubOptions Options { get; } = new();

    /// <summary>Every setting with its value and origin.</summary>
    public IReadOnlyList<EffectiveSetting> Effective { get; private set; } = [];

    /// <summary>Reads all layers: defaults, then files, environment and flags; later ones win.</summary>
    /// <exception cref="ConfigurationProblemException">Something cannot be used; the message says what and where.</exception>
    public static HubConfiguration Load(ConfigurationInputs inputs)
    {
        var configuration = new HubConfiguration();
        if (inputs.DevMode) configuration.Take(ConfigurationLayer.FromFlags(DevDefaults()));
        configuration.Options.DevMode = inputs.DevMode;
        foreach (var file in FilesOf(inputs)) configuration.Take(ConfigurationLayer.FromFile(file));
        configuration.Take(ConfigurationLayer.FromEnvironment(inputs.Environment));
        configuration.Take(ConfigurationLayer.FromFlags(inputs.Flags));
        configuration.Options.PortsArePreferences = inputs.DevMode && !configuration.IsGiven("Listen");
        configuration.Apply();
        HubOptionsCheck.Run(configuration.Options);
        return configuration;
    }

    /// <summary>Whether something other than the defaults gave this key.</summary>
    public bool IsGiven(string key) => _given.TryGetValue(key, out var given) && given.Origin != DevOrigin;

    private const string DevOrigin = "fairlead dev";

    private static IEnumerable<FlagValue> DevDefaults()
    {
        yield return new(DevOrigin, "Auth:AllowAnonymous", "true");
        string[] listeners =
        [
            "mqtt://127.0.0.1:1883", "mqtts://0.0.0.0:8883", "ws://127.0.0.1:8081/mqtt", "wss://0.0.0.0:8084/mqtt", "tls://0.0.0.0:8443", "amqp://127.0.0.1:5672",
            "amqps://0.0.0.0:5671", "http://127.0.0.1:8080",
        ];
        foreach (var listener in listeners) yield return new(DevOrigin, "Listen", listener);
    }

    private static IEnumerable<string> FilesOf(ConfigurationInputs inputs)
    {
        string[] found;
        try
        {
            found = Directory.Exists(inputs.Directory) ? Directory.GetFiles(inputs.Directory, "*.json") : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationProblemException($"cannot list the configuration directory {inputs.Directory}: {exception.Message}");
        }

        return [.. found.Order(StringComparer.Ordinal), .. inputs.Files];
    }

    // A layer replaces a list as a whole: an element of a lower layer never shows through.
    private void Take(ConfigurationLayer layer)
    {
        var seen = new Dictionary<string, (SortedDictionary<int, string> Values, string Origin)>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value, origin) in layer.Values)
        {
            var (setting, index, text) = Resolve(key, value, origin);
            if (!seen.TryGetValue(setting.Key, out var entry)) seen[setting.Key] = entry = ([], origin);
            foreach (var element in Elements(setting, index, text))
            {
                if (!entry.Values.TryAdd(index ?? entry.Values.Count, element))
                    throw new ConfigurationProblemException($"{setting.Key} is given twice, by {entry.Origin} and {origin}");
            }

            if (!setting.IsList && entry.Values.Count > 1)
            {
                // The last of several flags wins, as everywhere on a command line.
                entry.Values.Clear();
                entry.Values[0] = text;
            }
        }

        foreach (var (key, (values, origin)) in seen) _given[key] = ([.. values.Values], origin);
    }

    /// <summary>A list without an index comes empty, as one element, or, from the file of a secret, with one element a line.</summary>
    private static string[] Elements(Setting setting, int? index, string text)
    {
        if (!setting.IsList || index is not null) return [text];
        return text.Contains('\n', StringComparison.Ordinal)
            ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : text.Length == 0 ? [] : [text];
    }

    private static (Setting Setting, int? Index, string Text) Resolve(string key, string value, string origin)
    {
        if (HubSettings.Find(key) is { } setting) return (setting, null, value);

        var colon = key.LastIndexOf(':');
        if (colon > 0 && int.TryParse(key.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) &&
            HubSettings.Find(key[..colon]) is { } list)
        {
            return list.IsList
                ? (list, index, value)
                : throw new ConfigurationProblemException($"{list.Key} (from {origin}) is a list, but must be {list.Allowed}");
        }

        if (key.EndsWith("_FILE", StringComparison.OrdinalIgnoreCase) && HubSettings.Find(key[..^5]) is { IsSecret: true } secret)
            return (secret, null, ReadSecret(secret, value, origin));

        var nearest = NearestName.Find(key, HubSettings.All.Select(static known => known.Key));
        throw new ConfigurationProblemException(
            $"unknown configuration key {key} (from {origin})" +
            (nearest is null ? "; 'fairlead hub print-config' lists the known keys" : $"; did you mean {nearest}?"));
    }

    private static string ReadSecret(Setting setting, string path, string origin)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationProblemException($"cannot read the file '{path}' with the value of {setting.Key} (from {origin}): {exception.Message}");
        }
    }

    private void Apply()
    {
        // Table order: the profile stands before what it gives defaults to.
        foreach (var setting in HubSettings.All)
        {
            if (!_given.TryGetValue(setting.Key, out var given)) continue;
            if (setting.Apply(Options, given.Values) is { } problem)
            {
                var shown = setting.IsSecret ? "(secret)" : $"'{string.Join(' ', given.Values)}'";
                throw new ConfigurationProblemException($"{setting.Key} = {shown} (from {given.Origin}) {problem}");
            }
        }

        Effective = [.. HubSettings.All.Select(Describe)];
        Options.Effective = Effective;
    }

    private EffectiveSetting Describe(Setting setting)
    {
        var origin = _given.TryGetValue(setting.Key, out var given) ? given.Origin : "default";
        var values = setting.Read(Options);
        return new EffectiveSetting(setting, setting.IsSecret ? [.. values.Select(static value => value.Length > 0 ? "********" : "")] : values, origin);
    }
}
