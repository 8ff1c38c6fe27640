using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Metrics;

/// <summary><c>fairlead metrics</c>: the figures of a hub, once or again and again.</summary>
internal sealed class MetricsVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead metrics                                   # every figure
        fairlead metrics fairlead_mqtt                     # those whose names begin so
        fairlead metrics fairlead_mqtt_messages --watch    # what has changed, every 2 seconds, until Ctrl-C
        fairlead metrics --json | jq -r 'select(.name=="fairlead_mqtt_connections").value'
        """;

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var verb = new ApiVerb(terminal, "metrics", "Print the figures of a hub.", Examples);
        var prefix = verb.Optional("prefix", "Only names that begin so.");
        var watch = verb.Flag("--watch", "Print what has changed, again and again until Ctrl-C.");
        var interval = verb.Number("--interval", "seconds", "Time between two looks (default 2).", 1, 3600);
        return verb.Runs(async call =>
        {
            string begin = call.Get(prefix) ?? "";
            if (call.Get(interval) is not null && !call.Get(watch))
                throw VerbException.Usage("cannot wait between looks", "--interval is given without --watch", "Give --watch too");
            var before = await ReadAsync(call, begin);
            foreach (var (name, value) in before) Write(call, name, value, null);
            if (!call.Get(watch)) return;
            try
            {
                await WatchAsync(call, begin, before, TimeSpan.FromSeconds(call.Get(interval) ?? 2));
            }
            catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
            {
                // Told to stop: that is how it ends.
            }
        });
    }

    private static async Task WatchAsync(ApiCall call, string prefix, Dictionary<string, double> before, TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, call.Terminal.Time);
        while (true)
        {
            await call.Terminal.Output.FlushAsync(call.Cancellation);
            await timer.WaitForNextTickAsync(call.Cancellation);
            var now = await ReadAsync(call, prefix);
            foreach (var (name, value) in now)
            {
                double change = value - before.GetValueOrDefault(name);
                if (change != 0) Write(call, name, value, change);
            }

            before = now;
        }
    }

    /// <summary>Reads the text form of Prometheus: a name with its labels, a space, a number; comments begin with #.</summary>
    private static async Task<Dictionary<string, double>> ReadAsync(ApiCall call, string prefix)
    {
        const string What = "cannot read the figures";
        var answer = await call.Hub.SendAsync(HubRequest.Get("/metrics"), call.Cancellation);
        if (!answer.IsSuccess) throw answer.ToException(What);
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string line in Encoding.UTF8.GetString(answer.Body).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = line.LastIndexOf(' ');
            if (line[0] == '#' || space < 0 || !line.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (double.TryParse(line.AsSpan(space + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)) figures[line[..space]] = value;
        }

        return figures.Count > 0
            ? figures
            : throw new VerbException(ExitCode.NotFound, What, prefix.Length > 0 ? $"no name begins with {prefix}" : "the answer has none", "Run fairlead metrics without a name to see all");
    }

    private static void Write(ApiCall call, string name, double value, double? change)
    {
        if (!call.Talk.Json)
        {
            call.WriteLine(change is { } difference ? string.Create(CultureInfo.InvariantCulture, $"{name} {value} ({difference:+0.######;-0.######})") : string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));
            return;
        }

        int brace = name.IndexOf('{', StringComparison.Ordinal);
        var document = new JsonObject { ["name"] = brace < 0 ? name : name[..brace] };
        if (brace >= 0) document["labels"] = name[brace..];
        document["value"] = double.IsFinite(value) ? value : null;
        if (change is { } by) document["change"] = by;
        call.WriteJson(document);
    }
}
