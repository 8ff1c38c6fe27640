using System.CommandLine;
using System.Globalization;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Logs;

/// <summary><c>fairlead log tail</c>: the structured log of the hub.</summary>
internal sealed class LogVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead log tail                                  # the last events, and new ones until Ctrl-C
        fairlead log tail --level error -n 100 --no-follow
        fairlead log tail --client lamp1 --json | jq .reason
        fairlead log tail --topic 'lamp1/#'
        """;

    public Command Create() => new("log", "The structured log of the hub: who did what, and why it failed.") { Tail(), Level() };

    /// <summary>Writes events as they come.</summary>
    public static async Task FollowAsync(ApiCall call, string path, string what)
    {
        try
        {
            await foreach (string line in call.Hub.LinesAsync(HubRequest.Get(path), what, call.Cancellation))
            {
                call.WriteLine(call.Talk.Json ? line : LogLine.Of(line));
                await call.Terminal.Output.FlushAsync();
            }
        }
        catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
        {
            // Told to stop: that is how it ends.
        }
    }

    private Command Tail()
    {
        var verb = new ApiVerb(terminal, "log tail", "Print the last events of the log, and new ones as they come.", Examples, timeoutMeans: "Longest wait for the beginning of the answer");
        var client = verb.Text("--client", "id", "Only events of this Client Identifier.");
        var topic = verb.Text("--topic", "filter", "Only events about topics that this filter matches.");
        var level = verb.Text("--level", "level", "error, warn, info or debug: this and what is more severe.");
        var last = verb.Number("-n", "number", "So many of the last events first (default 10).", 0, 10_000);
        var once = verb.Flag("--no-follow", "End after those.");
        return verb.Runs(async call =>
        {
            if (call.Get(level)?.ToLowerInvariant() is not (null or "error" or "warn" or "info" or "debug"))
                throw VerbException.Usage("cannot choose events", $"--level takes error, warn, info or debug, not {call.Get(level)}", "Give one of them");
            string path = HubRequest.Query(
                "/v1/logs",
                ("client", call.Get(client)),
                ("topic", call.Get(topic)),
                ("level", call.Get(level)?.ToLowerInvariant()),
                ("limit", (call.Get(last) ?? 10).ToString(CultureInfo.InvariantCulture)),
                ("follow", call.Get(once) ? null : "true"));
            if (!call.Get(once) && LogLevels.Advice(await LogLevels.GetAsync(call, "cannot read the log"), call.Get(level)?.ToLowerInvariant()) is { } advice)
                call.Say(advice);
            await FollowAsync(call, path, "cannot read the log");
        });
    }

    private Command Level()
    {
        const string Text =
            """
            fairlead log level                             # from which level on events are written
            fairlead log level info                        # connections and messages too
            fairlead log level error                       # failures alone, as a hub does at first
            """;
        var verb = new ApiVerb(terminal, "log level", "Show or set from which level on the hub's log has events.", Text);
        var wanted = verb.Optional("level", "debug, info, warn, error or off (default: show it).");
        return verb.Runs(async call =>
        {
            if (call.Get(wanted) is not { } word)
            {
                string now = await LogLevels.GetAsync(call, "cannot read the log's level");
                if (call.Talk.Json)
                    call.WriteJson(new() { ["defaultLogLevel"] = now });
                else
                    call.WriteLine(now);
                return;
            }

            string name = LogLevels.NameOf(word) ?? throw VerbException.Usage("cannot set the log's level", $"there is no level {word}", "Give one of debug, info, warn, error, off");
            await LogLevels.SetAsync(call, name, "cannot set the log's level");
            call.Say(LogLevels.Advice(name, "error") ?? $"the log has events from {name} on");
            call.WriteJson(new() { ["defaultLogLevel"] = name });
        });
    }
}
