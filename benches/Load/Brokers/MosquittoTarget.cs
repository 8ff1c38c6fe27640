namespace Fairlead.Load.Brokers;

// Debian's mosquitto. Its defaults hold, except: queues without limit (the scenarios bound what is outstanding, and 100,000 messages for an
// absent session would not fit), logging of errors and warnings only, and, when durable, its database written every second, as often as it can.
internal sealed class MosquittoTarget(string version) : Target
{
    internal static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    internal override string Name => "mosquitto";

    internal override string Version { get; } = version;

    internal override BrokerProcess Start(StartOptions options)
    {
        int port = FindFreePort();
        string configuration = Path.Combine(options.Data, "mosquitto.conf");
        File.WriteAllLines(configuration,
        [
            $"listener {port} 127.0.0.1",
            "allow_anonymous true",
            $"user {Environment.UserName}",
            "max_queued_messages 0",
            "max_queued_bytes 0",
            "log_type error",
            "log_type warning",
            .. options.Durable
                ? (string[])["persistence true", $"persistence_location {options.Data}/", "autosave_interval 1"]
                : ["persistence false"],
        ]);
        BrokerProcess broker = BrokerProcess.Launch(Name, ["mosquitto", "-c", configuration], new Dictionary<string, string>(StringComparer.Ordinal));
        try
        {
            broker.Port = port;
            broker.WaitForPort(StartTimeout);
            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }
}
