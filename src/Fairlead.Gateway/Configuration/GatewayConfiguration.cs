using System.Text.Json;

namespace Fairlead.Gateway.Configuration;

/// <summary>What was read from all layers: default, file, environment, flags; later ones win.</summary>
internal sealed class GatewayConfiguration
{
    private const string VariablePrefix = GatewaySettings.Section + "__";
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly List<string> _problems = [];

    private GatewayConfiguration()
    {
    }

    /// <summary>The values with their origins.</summary>
    public GatewayValues Values { get; } = new();

    /// <summary>What stops the start, each with its cure; empty when nothing does.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The options; null when there are <see cref="Problems"/>.</summary>
    public GatewayOptions? Options { get; private set; }

    /// <summary>Reads all layers.</summary>
    /// <param name="files">JSON files, such as the sample gateway's appsettings.json.</param>
    /// <param name="environment">Variables by name; those that begin with <c>ServerOptions__</c> are settings.</param>
    /// <param name="flags">Settings of the command line as key and value.</param>
    public static GatewayConfiguration Load(
        IEnumerable<string> files, IEnumerable<KeyValuePair<string, string>> environment, IEnumerable<KeyValuePair<string, string>> flags)
    {
        var configuration = new GatewayConfiguration();
        foreach (string file in files) configuration.ReadFile(file);
        foreach (var (name, value) in environment.Where(static entry => entry.Key.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase)))
            configuration.Take(name[VariablePrefix.Length..], value, $"environment {name}");
        foreach (var (key, value) in flags) configuration.Take(key, value, "flag");
        if (configuration._problems.Count == 0)
            configuration.Options = GatewayOptionsBuilder.Build(configuration.Values, configuration._problems);
        if (configuration._problems.Count > 0) configuration.Options = null;
        return configuration;
    }

    private void ReadFile(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !TryFindSection(document.RootElement, out var section))
            {
                _problems.Add($"{file} has no object \"{GatewaySettings.Section}\": put the settings into one, as in the sample file");
                return;
            }

            foreach (var member in section.EnumerateObject()) ReadMember(member, file);
        }
        catch (JsonException exception)
        {
            _problems.Add($"{file} is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _problems.Add($"{file} cannot be read: {exception.Message}");
        }
    }

    private static bool TryFindSection(JsonElement root, out JsonElement section)
    {
        foreach (var member in root.EnumerateObject())
        {
            section = member.Value;
            if (member.Name.Equals(GatewaySettings.Section, StringComparison.OrdinalIgnoreCase) && section.ValueKind == JsonValueKind.Object) return true;
        }

        section = default;
        return false;
    }

    private void ReadMember(JsonProperty member, string file)
    {
        string? text = member.Value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Array => string.Join(' ', member.Value.EnumerateArray().Select(static item => item.ToString())),
            JsonValueKind.Object => "{}",
            _ => member.Value.ToString(),
        };
        // The sample's delegates stand as null in files that were written from its options.
        if (text is not null) Take(member.Name, text, file);
    }

    private void Take(string key, string text, string origin)
    {
        if (GatewaySettings.Find(key) is not { } setting)
        {
            string? nearest = GatewaySettings.All.Select(static known => known.Key).MinBy(known => Distance(known, key));
            _problems.Add($"there is no setting {key} ({origin}); the nearest is {nearest}");
            return;
        }

        if (setting.FindFault(text.Trim()) is { } fault) _problems.Add($"{fault} ({origin})");
        else Values.Set(setting, new SettingValue(text, origin));
    }

    // Edit distance without regard to case; the lists are short.
    private static int Distance(string one, string other)
    {
        var row = new int[other.Length + 1];
        for (int j = 0; j < row.Length; j++) row[j] = j;
        for (int i = 1; i <= one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int cost = char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost));
            }
        }

        return row[^1];
    }
}
