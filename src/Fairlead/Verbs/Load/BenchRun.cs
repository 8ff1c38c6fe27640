using System.Globalization;
using System.Text;
using System.Text.Json;
using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Load;

/// <summary>One bench from its first action to its summary, which is always written: also after a failure and after Ctrl-C.</summary>
/// <param name="verb">Name of the bench.</param>
/// <param name="unit">What it counts.</param>
/// <param name="limits">When it ends.</param>
/// <param name="terminal">Streams and clock.</param>
/// <param name="talk">How it talks.</param>
internal sealed class BenchRun(string verb, string unit, BenchLimits limits, Terminal terminal, TalkFlags.Settings talk)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(0.25);

    private readonly Lock _gate = new();
    private long? _first;
    private long _last;

    public BenchCounts Counts { get; } = new();

    /// <summary>Whether what it does is answered, and the answer may be a refusal.</summary>
    public bool HasAnswers { get; init; }

    /// <summary>Call when a thing was done if the time between the first and the last is what counts; else the whole run is measured.</summary>
    public void Mark(long timestamp)
    {
        lock (_gate)
        {
            _first ??= timestamp;
            _last = Math.Max(_last, timestamp);
        }
    }

    /// <summary>Runs the work until it ends, the time is up or the user has enough.</summary>
    public async Task<int> RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var patience = limits.For is { } limit ? new CancellationTokenSource(limit, terminal.Time) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        using var finished = new CancellationTokenSource();
        long started = terminal.Time.GetTimestamp();
        var progress = ShowProgressAsync(started, finished.Token);
        try
        {
            await work(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Enough: that is how a bench with --for ends.
        }
        catch (MqttException exception)
        {
            Counts.Fail(exception);
        }
        finally
        {
            long ended = terminal.Time.GetTimestamp();
            await finished.CancelAsync();
            await progress;
            var elapsed = _first is { } first ? terminal.Time.GetElapsedTime(first, _last) : terminal.Time.GetElapsedTime(started, ended);
            WriteSummary(elapsed);
        }

        if (Counts.FirstError is { } error)
        {
            string rejected = Counts.Rejected > 0 ? $" and {Counts.Rejected} were rejected" : "";
            throw new VerbException(error.ExitCode, $"{Counts.Failed} {unit} failed{rejected}, the first: {error.What}", error.Why, error.Cure);
        }

        return ExitCode.Done;
    }

    private void WriteSummary(TimeSpan elapsed)
    {
        double seconds = Math.Max(elapsed.TotalSeconds, 1e-6);
        if (talk.Json)
        {
            using var json = new Utf8JsonWriter(terminal.Output, JsonText.Options);
            json.WriteStartObject();
            json.WriteString("bench", verb);
            json.WriteNumber(unit, Counts.Done);
            json.WriteNumber("failed", Counts.Failed);
            if (HasAnswers)
                json.WriteNumber("rejected", Counts.Rejected);
            json.WriteNumber("bytes", Counts.Bytes);
            json.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 6));
            json.WriteNumber("perSecond", Math.Round(Counts.Done / seconds, 1));
            if (Counts.Latency.Count > 0)
            {
                json.WriteNumber("p50Ms", Milliseconds(0.5));
                json.WriteNumber("p99Ms", Milliseconds(0.99));
                json.WriteNumber("maxMs", Math.Round(Counts.Latency.Longest.TotalMilliseconds, 3));
            }

            json.WriteEndObject();
            json.Flush();
            terminal.Output.WriteByte((byte)'\n');
            return;
        }

        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{Counts.Done} {unit}, {Counts.Failed} failed{(HasAnswers ? $", {Counts.Rejected} rejected" : "")}, {elapsed.TotalSeconds:0.000} s, {Counts.Done / seconds:0} a second");
        if (Counts.Bytes > 0)
            line.Append(CultureInfo.InvariantCulture, $", {Counts.Bytes / seconds / 1e6:0.00} MB/s payload");
        if (Counts.Latency.Count > 0)
        {
            string longest = Counts.Latency.Longest.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);
            line.Append(CultureInfo.InvariantCulture, $"; latency ms p50 {Milliseconds(0.5)}, p99 {Milliseconds(0.99)}, longest {longest}");
        }

        terminal.Output.Write(Encoding.UTF8.GetBytes(line.Append('\n').ToString()));
    }

    private double Milliseconds(double part) => Math.Round(Counts.Latency.Percentile(part).TotalMilliseconds, 3);

    private async Task ShowProgressAsync(long started, CancellationToken cancellationToken)
    {
        if (!terminal.IsInteractive || talk.Quiet || talk.Json)
            return;
        var bar = new ProgressLine(terminal.Error);
        try
        {
            while (true)
            {
                await Task.Delay(ProgressEvery, terminal.Time, cancellationToken);
                var elapsed = terminal.Time.GetElapsedTime(started);
                double part = limits.Count is { } count ? (double)Counts.Done / count : 0;
                if (limits.For is { } limit)
                    part = Math.Max(part, elapsed / limit);
                bar.Show(part, $"{Counts.Done} {unit}, {Counts.Done / elapsed.TotalSeconds:0} a second");
            }
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
        }
    }
}
