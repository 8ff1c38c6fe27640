using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Fairlead.Server.Configuration;

/// <summary>The values of one source: key to value and the origin to name for it.</summary>
internal sealed class ConfigurationLayer
{
    private const string EnvironmentPrefix = "FAIRLEAD__";

    // Names that people expect of a container: one variable each, without the sections.
    private static readonly Dictionary<string, string> ShortNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["FAIRLEAD_ADMIN_PASSWORD"] = "Admin:Password",
        ["FAIRLEAD_ADMIN_PASSWORD_FILE"] = "Admin:Password_FILE",
    };

    private readonly List<(string Key, string Value, string Origin)> _values = [];

    public IReadOnlyList<(string Key, string Value, string Origin)> Values => _values;

    /// <summary>Reads a JSON file; comments and trailing commas are allowed.</summary>
    public static ConfigurationLayer FromFile(string path)
    {
        var layer = new ConfigurationLayer();
        try
        {
            using var stream = File.OpenRead(path);
            var root = new ConfigurationBuilder().AddJsonStream(stream).Build();
            foreach (var (key, value) in root.AsEnumerable())
            {
                // A section has no value of its own. An empty list has: "".
                if (value is not null) layer._values.Add((key, value, path));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationProblemException($"cannot read the configuration file {path}: {exception.Message}");
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidDataException)
        {
            throw new ConfigurationProblemException($"the configuration file {path} is not a JSON object: {exception.Message.ReplaceLineEndings(" ")}");
        }

        return layer;
    }

    /// <summary>Takes the variables that start with <c>FAIRLEAD__</c>, where two underscores stand for the colon, and the few with short names.</summary>
    public static ConfigurationLayer FromEnvironment(IReadOnlyDictionary<string, string> variables)
    {
        var layer = new ConfigurationLayer();
        foreach (var (name, value) in variables)
        {
            if (ShortNames.TryGetValue(name, out var meant) && value.Length > 0) layer._values.Add((meant, value, name));
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            var key = name[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal);
            // FAIRLEAD__Listen="a b": one variable for a whole list.
            if (HubSettings.Find(key) is { IsList: true })
            {
                foreach (var part in value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)) layer._values.Add((key, part, name));
                if (string.IsNullOrWhiteSpace(value)) layer._values.Add((key, "", name));
            }
            else
            {
                layer._values.Add((key, value, name));
            }
        }

        return layer;
    }

    /// <summary>Takes what the command line gave.</summary>
    public static ConfigurationLayer FromFlags(IEnumerable<FlagValue> flags)
    {
        var layer = new ConfigurationLayer();
        foreach (var flag in flags) layer._values.Add((flag.Key, flag.Value, flag.Flag));
        return layer;
    }
}
