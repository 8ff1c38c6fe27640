using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Fairlead.Load.Brokers;

// Our own broker as users get it: the Release build, started by its command line.
internal sealed class FairleadTarget(string binary, string version, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> moreArguments) : Target
{
    internal override string Name => "Fairlead";

    internal override string Version { get; } = version;

    internal override BrokerProcess Start(StartOptions options)
    {
        string[] command =
        [
            binary, "hub", "--json", "--listen", "mqtt://127.0.0.1:0", "--allow-anonymous", "--data", options.Data,
            "--durability", options.Durable ? "commit" : "memory",
            // As the peer, which logs errors and warnings alone.
            "--set", "Log:Level=warning",
            .. options.Secure ? (string[])["--listen", "mqtts://127.0.0.1:0"] : [],
            .. options.Http ? (string[])["--listen", "http://127.0.0.1:0"] : [],
            .. options.Amqp ? (string[])["--listen", "amqp://127.0.0.1:0", "--set", "IotHub:CreateUnknownDevices=true"] : [],
            .. moreArguments,
        ];
        BrokerProcess broker = BrokerProcess.Launch(Name, command, environment, readsOutput: true);
        try
        {
            broker.ReadOutputUntil(line =>
            {
                if (!line.StartsWith('{'))
                    return false;
                using JsonDocument document = JsonDocument.Parse(line);
                if (!document.RootElement.TryGetProperty("event", out JsonElement name))
                    return false;
                if (name.ValueEquals("listening"))
                    Note(broker, new Uri(document.RootElement.GetProperty("url").GetString()!));
                return name.ValueEquals("ready");
            });
            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    // The edge connector: the verb of the same build, or the small program that FAIRLEAD_EDGE_BIN names.
    internal BrokerProcess StartEdge(string configuration) => BrokerProcess.Launch(
        "edge connector",
        Environment.GetEnvironmentVariable("FAIRLEAD_EDGE_BIN") is { Length: > 0 } small
            ? [small, "-configFile", configuration]
            : [binary, "edge", "-configFile", configuration],
        environment);

    // The gateway of the same build, in policy mode before a hub of ours.
    internal BrokerProcess StartGateway(int hubPort, string policyKey)
    {
        string[] settings =
        [
            string.Create(CultureInfo.InvariantCulture, $"HubAddress=amqp://127.0.0.1:{hubPort}"), "IoTHubHostName=localhost", "SharedAccessPolicyKeyEnabled=true", "AccessPolicyName=device",
            $"AccessPolicyKey={policyKey}", "CloudMessagesEnabled=true", "DeviceRateLimit=0", "AuthorisationRate=100000",
        ];
        BrokerProcess gateway = BrokerProcess.Launch(
            "gateway", [binary, "gateway", "run", "--json", "--listen", "http://127.0.0.1:0", "--listen", "h2c://127.0.0.1:0", "--log-level", "warning", .. settings.SelectMany(static setting => (string[])["--set", setting])], environment, readsOutput: true);
        try
        {
            gateway.ReadOutputUntil(line =>
            {
                if (!line.StartsWith('{'))
                    return false;
                using JsonDocument document = JsonDocument.Parse(line);
                if (document.RootElement.TryGetProperty("url", out JsonElement text))
                {
                    var url = new Uri(text.GetString()!);
                    if (url.Scheme == "h2c")
                        gateway.Http2Port = url.Port;
                    else
                        gateway.HttpPort = url.Port;
                }

                return document.RootElement.GetProperty("event").ValueEquals("ready");
            });
            return gateway;
        }
        catch
        {
            gateway.Dispose();
            throw;
        }
    }

    internal override X509Certificate2 CreateDevice(BrokerProcess broker, string data)
    {
        using var api = new HubApi(broker.HttpPort, data);
        return api.CreateDevice("device");
    }

    private static void Note(BrokerProcess broker, Uri url)
    {
        if (url.Scheme == "mqtts")
            broker.SecurePort = url.Port;
        else if (url.Scheme == "http")
            broker.HttpPort = url.Port;
        else if (url.Scheme == "amqp")
            broker.AmqpPort = url.Port;
        else
            broker.Port = url.Port;
    }
}
