using System.Collections;
using System.CommandLine;
using Fairlead.Server.Configuration;

namespace Fairlead.Verbs.Local;

/// <summary>The flags that lead a verb to the files of a hub; the configuration of all layers counts, as for the hub itself.</summary>
internal sealed class DataFlags
{
    private readonly Option<string?> _data = new("--data") { Description = "Data directory of the hub.", HelpName = "DIR" };
    private readonly Option<string[]> _config = new("--config") { Description = "A configuration file; repeat for several.", HelpName = "FILE" };

    /// <summary>Adds the flags to a command.</summary>
    public DataFlags AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_config);
        return this;
    }

    /// <summary>The configuration that a hub would have with these flags.</summary>
    public HubOptions Load(ParseResult result)
    {
        var data = result.GetValue(_data);
        var options = HubConfiguration.Load(new ConfigurationInputs
        {
            Files = result.GetValue(_config) ?? [],
            Environment = Variables(),
            Flags = data is null ? [] : [new FlagValue("--data", "Data", data)],
        }).Options;
        options.Data = Path.GetFullPath(options.Data);
        return options;
    }

    /// <summary>Environment of this process.</summary>
    public static Dictionary<string, string> Variables()
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables()) result[(string)entry.Key] = (string?)entry.Value ?? "";
        return result;
    }
}
