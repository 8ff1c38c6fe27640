using System.Collections;
using System.CommandLine;
using Fairlead.Gateway.Configuration;

namespace Fairlead.Verbs.Gateway;

/// <summary>The flags of the gateway's verbs; each is a short name for a setting.</summary>
internal sealed class GatewayFlags
{
    private readonly Option<string[]> _config = new("--config") { Description = "A configuration file with an object ServerOptions; repeat for several.", HelpName = "FILE" };
    private readonly Option<string?> _hub = new("--hub") { Description = "Name of the hub, such as myhub.azure-devices.net (IoTHubHostName).", HelpName = "HOST" };
    private readonly Option<string[]> _listen = new("--listen") { Description = "An address to listen on, such as http://127.0.0.1:8088; repeat for several.", HelpName = "URL" };
    private readonly Option<string?> _logLevel = new("--log-level") { Description = "trace, debug, information, warning, error or none.", HelpName = "NAME" };
    private readonly Option<string?> _logFormat = new("--log-format") { Description = "auto, text or json.", HelpName = "NAME" };
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any other setting, such as MaxPoolSize=10; 'fairlead gateway check-config' lists them all.",
        HelpName = "KEY=VALUE",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Output as JSON." };

    /// <summary>Adds the flags to a command.</summary>
    public GatewayFlags AddTo(Command command)
    {
        Option[] all = [_config, _hub, _listen, _logLevel, _logFormat, _set, _json];
        foreach (var option in all) command.Add(option);
        return this;
    }

    /// <summary>Whether <c>--json</c> was given.</summary>
    public bool IsJson(ParseResult result) => result.GetValue(_json);

    /// <summary>Reads the configuration of all layers.</summary>
    public GatewayConfiguration Load(ParseResult result)
    {
        List<KeyValuePair<string, string>> flags = [];
        Add("IoTHubHostName", result.GetValue(_hub));
        if (result.GetValue(_listen) is { Length: > 0 } listen) Add("Listen", string.Join(' ', listen));
        Add("LogLevel", result.GetValue(_logLevel));
        Add("LogFormat", result.GetValue(_logFormat));
        foreach (string assignment in result.GetValue(_set) ?? [])
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            Add(equals > 0 ? assignment[..equals] : assignment, equals > 0 ? assignment[(equals + 1)..] : "");
        }

        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static entry => new KeyValuePair<string, string>((string)entry.Key, (string?)entry.Value ?? ""));
        return GatewayConfiguration.Load(result.GetValue(_config) ?? [], environment, flags);

        void Add(string key, string? value)
        {
            if (value is not null) flags.Add(new(key, value));
        }
    }
}
