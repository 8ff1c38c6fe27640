using System.CommandLine;
using Fairlead.Server.Configuration;
using Fairlead.Verbs.Local;

namespace Fairlead.Verbs;

/// <summary>The flags that <c>hub</c>, <c>dev</c> and the verbs about configuration share. A flag is a short name for a setting.</summary>
internal sealed class HubFlags
{
    private readonly Option<string?> _data = new("--data") { Description = "Data directory.", HelpName = "DIR" };
    private readonly Option<string[]> _listen = new("--listen")
    {
        Description = "A listener, such as mqtts://0.0.0.0:8883; repeat for several. Schemes: mqtt, mqtts, ws, wss, tls, amqp, amqps, http. Port 0 takes a free one.",
        HelpName = "URL",
    };

    private readonly Option<bool> _anonymous = new("--allow-anonymous") { Description = "Let clients in without user name and certificate." };
    private readonly Option<string?> _profile = new("--profile") { Description = "standard, or aws for the limits of AWS IoT Core.", HelpName = "NAME" };
    private readonly Option<string?> _durability = new("--durability") { Description = "commit (default), os or memory.", HelpName = "NAME" };
    private readonly Option<string?> _logLevel = new("--log-level") { Description = "trace, debug, information, warning, error or none.", HelpName = "NAME" };
    private readonly Option<string?> _logFormat = new("--log-format") { Description = "auto, text or json.", HelpName = "NAME" };
    private readonly Option<string[]> _config = new("--config") { Description = "A configuration file; repeat for several.", HelpName = "FILE" };
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any other setting, such as Broker:MaximumPacketSize=1M; 'fairlead hub print-config' lists them all.",
        HelpName = "KEY=VALUE",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Output as JSON." };

    /// <summary>Adds the flags to a command.</summary>
    public HubFlags AddTo(Command command)
    {
        Option[] all = [_data, _listen, _anonymous, _profile, _durability, _logLevel, _logFormat, _config, _set, _json];
        foreach (var option in all) command.Add(option);
        return this;
    }

    /// <summary>Whether <c>--json</c> was given.</summary>
    public bool IsJson(ParseResult result) => result.GetValue(_json);

    /// <summary>Reads the configuration of all layers.</summary>
    /// <exception cref="ConfigurationProblemException">Something cannot be used.</exception>
    public HubConfiguration Load(ParseResult result, bool devMode)
    {
        var flags = new List<FlagValue>();
        Add("--data", "Data", result.GetValue(_data));
        foreach (var listener in result.GetValue(_listen) ?? []) Add("--listen", "Listen", listener);
        if (result.GetValue(_anonymous)) Add("--allow-anonymous", "Auth:AllowAnonymous", "true");
        Add("--profile", "Broker:Profile", result.GetValue(_profile));
        Add("--durability", "Store:Durability", result.GetValue(_durability));
        Add("--log-level", "Log:Level", result.GetValue(_logLevel));
        Add("--log-format", "Log:Format", result.GetValue(_logFormat));
        foreach (var assignment in result.GetValue(_set) ?? [])
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new ConfigurationProblemException($"--set {assignment} must be KEY=VALUE, such as --set Broker:MaximumPacketSize=1M");
            Add("--set", assignment[..equals], assignment[(equals + 1)..]);
        }

        return HubConfiguration.Load(new ConfigurationInputs
        {
            DevMode = devMode,
            Files = result.GetValue(_config) ?? [],
            Environment = DataFlags.Variables(),
            Flags = flags,
        });

        void Add(string flag, string key, string? value)
        {
            if (value is not null) flags.Add(new FlagValue(flag, key, value));
        }
    }
}
