using System.Text.Json;

namespace Fairlead.Edge.Configuration;

/// <summary>Reads the JSON configuration file. Keys with dots may also be written as objects within objects.</summary>
internal static class ConfigurationFile
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a file into values; what is wrong with it goes into the problems.</summary>
    public static void Read(string file, EdgeValues values, List<ConfigurationProblem> problems)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(ConfigurationProblem.Warning("configFile", $"{file} does not exist; the defaults hold"));
            return;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(ConfigurationProblem.Fault("configFile", $"{file} cannot be read: {exception.Message}"));
            return;
        }

        var text = bytes.AsSpan();
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        if (text.Trim(" \t\r\n"u8).IsEmpty) return;
        try
        {
            using var document = JsonDocument.Parse(text.ToArray(), Lenient);
            if (document.RootElement.ValueKind == JsonValueKind.Object) ReadObject(document.RootElement, "", values, "file", problems);
            else problems.Add(ConfigurationProblem.Fault("configFile", $"{file} must hold a JSON object"));
        }
        catch (JsonException exception)
        {
            problems.Add(ConfigurationProblem.Fault(
                "configFile", $"{file} is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"));
        }
    }

    /// <summary>Takes the members of an object as settings.</summary>
    /// <param name="json">The object.</param>
    /// <param name="prefix">Prefix of its keys, with its dot; empty at the top.</param>
    /// <param name="values">Where they go.</param>
    /// <param name="origin">Where they come from.</param>
    /// <param name="problems">What is wrong.</param>
    public static void ReadObject(JsonElement json, string prefix, EdgeValues values, string origin, List<ConfigurationProblem> problems)
    {
        foreach (var member in json.EnumerateObject())
        {
            string key = prefix + member.Name;
            var setting = EdgeValues.Find(key);
            // A key may be both: spool.ttl is a number, and holds spool.ttl.event.
            if (member.Value.ValueKind == JsonValueKind.Object && IsGroup(key))
                ReadObject(member.Value, key + ".", values, origin, problems);
            else if (setting is null || setting.FlagOnly)
                problems.Add(ConfigurationProblem.Warning(key, "there is no such setting; it is ignored"));
            else if (ToValue(setting, member.Value, origin) is { } value)
                Add(setting, value, values, problems);
            else if (member.Value.ValueKind != JsonValueKind.Null)
                problems.Add(ConfigurationProblem.Fault(setting.Key, $"must be {Describe(setting)}"));
        }
    }

    /// <summary>Checks a value and sets it.</summary>
    public static void Add(EdgeSetting setting, SettingValue value, EdgeValues values, List<ConfigurationProblem> problems)
    {
        if (EdgeValues.FindFault(setting, value) is { } fault)
        {
            problems.Add(new ConfigurationProblem(setting.Key, fault, setting.ExitCode));
            return;
        }

        var choice = setting.Choices.FirstOrDefault(choice => choice.Equals(value.Text, StringComparison.OrdinalIgnoreCase));
        values.Set(setting, choice is null ? value : value with { Items = [choice] });
    }

    private static bool IsGroup(string key) =>
        EdgeValues.Settings.Any(setting => setting.Key.StartsWith(key + ".", StringComparison.OrdinalIgnoreCase));

    private static SettingValue? ToValue(EdgeSetting setting, JsonElement json, string origin)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String when setting.Kind == SettingKind.List:
                return new SettingValue(setting.Key == "alpn" ? json.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [json.GetString()!], origin);
            case JsonValueKind.String when setting.Kind != SettingKind.Json:
                return new SettingValue([json.GetString()!], origin);
            case JsonValueKind.Number when setting.Kind is SettingKind.Number or SettingKind.Fraction or SettingKind.Text:
                return new SettingValue([json.GetRawText()], origin);
            case JsonValueKind.True or JsonValueKind.False when setting.Kind is SettingKind.Flag:
                return new SettingValue([json.GetRawText()], origin);
            case JsonValueKind.Array when setting.Kind == SettingKind.Json:
                return new SettingValue([json.GetRawText()], origin);
            case JsonValueKind.Array when setting.Kind == SettingKind.List && json.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String):
                return new SettingValue([.. json.EnumerateArray().Select(item => item.GetString()!)], origin);
            default:
                return null;
        }
    }

    private static string Describe(EdgeSetting setting) => setting.Kind switch
    {
        SettingKind.Number => "a whole number",
        SettingKind.Fraction => "a number",
        SettingKind.Flag => "true or false",
        SettingKind.List => "an array of texts",
        SettingKind.Json => "an array of objects",
        _ => "a text",
    };
}
