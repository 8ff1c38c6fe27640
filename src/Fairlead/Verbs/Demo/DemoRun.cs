using System.Runtime.InteropServices;
using System.Text.Json;
using Fairlead.Broker.Durability;
using Fairlead.Client.Mqtt;
using Fairlead.Gateway.Hosting;
using Fairlead.Server.Hosting;
using Fairlead.Server.Observability;
using Fairlead.Verbs.Demo.Steps;
using Microsoft.Extensions.Logging;

namespace Fairlead.Verbs.Demo;

/// <summary>One tour: the stage, the steps in their order, signals, and the folder that goes at the end whatever happens.</summary>
internal sealed class DemoRun(Terminal terminal, DemoNarrator narrator)
{
    private const int LinesOfLog = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly IDemoStep[] Steps =
        [new ThingStep(), new ShadowStep(), new DirectMessageStep(), new LastWillStep(), new EdgeStep(), new GatewayStep(), new DialectsStep()];

    /// <summary>Whether it waits for Enter between steps.</summary>
    public bool Waits { get; init; }

    /// <summary>Whether hub and gateway stay after the last step until Ctrl-C.</summary>
    public bool Stays { get; init; }

    /// <summary>Runs the tour.</summary>
    /// <returns>Exit code.</returns>
    public int Run()
    {
        string folder = Directory.CreateTempSubdirectory("fairlead-demo-").FullName;
        try
        {
            return RunAsync(folder).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C before the end.
            return ExitCode.Failed;
        }
        catch (Exception exception) when (exception is HubStartException or GatewayStartException or StoreException or IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"fairlead demo: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Failed;
        }
        finally
        {
            Delete(folder);
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // A second signal deletes at the same time: what is left is in the temporary directory.
        }
    }

    private static VerbException ToProblem(Exception exception, IDemoStep step, DemoRecord record) => exception switch
    {
        VerbException problem => problem,
        MqttException problem => new VerbException(ExitCode.Failed, problem.What, problem.Why, problem.Cure),
        OperationCanceledException => new VerbException(
            ExitCode.Failed, $"step {step.Name} did not end", $"nothing came for {Patience.TotalSeconds:0} s after: {record.Last}", "Look at the log of the hub below; on a very slow machine run it again"),
        _ => new VerbException(ExitCode.Failed, $"step {step.Name} failed after: {record.Last}", exception.Message.ReplaceLineEndings(" "), "Look at the log of the hub below"),
    };

    private async Task<int> RunAsync(string folder)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop);
        string logFile = Path.Combine(folder, "hub.log");
        await using var log = new FileStream(logFile, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var writer = new LogWriter(log);
        using var loggers = new HubLoggerFactory(writer, json: false, LogLevel.Warning, terminal.Time);
        writer.Start();
        await using var stage = await DemoStage.StartAsync(folder, loggers, terminal.Time);
        narrator.Begin(stage);
        int passed = await RunStepsAsync(stage, stop.Token);
        narrator.End(passed, Steps.Length, stage.ConsoleLink, Stays);
        if (passed < Steps.Length) TellLog(logFile);
        if (Stays) await Task.Delay(Timeout.InfiniteTimeSpan, terminal.Time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return passed == Steps.Length ? ExitCode.Done : ExitCode.Failed;

        void OnStop(PosixSignalContext context)
        {
            context.Cancel = true;
            if (!stop.IsCancellationRequested)
            {
                stop.Cancel();
                return;
            }

            // Somebody who asks twice does not want to wait.
            Delete(folder);
            Environment.Exit(ExitCode.Failed);
        }
    }

    // A later step may stand on an earlier one: the first that fails is the last.
    private async Task<int> RunStepsAsync(DemoStage stage, CancellationToken stop)
    {
        for (int i = 0; i < Steps.Length; i++)
        {
            if (Waits) await narrator.PauseAsync(stop);
            narrator.StartStep(i + 1, Steps.Length, Steps[i]);
            if (!await TryAsync(Steps[i], stage, stop)) return i;
        }

        return Steps.Length;
    }

    private async Task<bool> TryAsync(IDemoStep step, DemoStage stage, CancellationToken stop)
    {
        var record = new DemoRecord(narrator);
        var lookAt = new Uri(stage.Url, step.Page);
        long started = terminal.Time.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience, terminal.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            await step.RunAsync(stage, record, either.Token);
            narrator.EndStep(step, record, lookAt, terminal.Time.GetElapsedTime(started));
            return true;
        }
        catch (Exception exception) when (!stop.IsCancellationRequested
            && exception is VerbException or MqttException or OperationCanceledException or HttpRequestException or IOException or JsonException or KeyNotFoundException)
        {
            narrator.FailStep(step, record, lookAt, terminal.Time.GetElapsedTime(started), ToProblem(exception, step, record));
            return false;
        }
    }

    private void TellLog(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length > 0) terminal.Error.WriteLine("the last lines of the hub's log:");
        foreach (string line in lines.TakeLast(LinesOfLog)) terminal.Error.WriteLine($"  {line}");
    }
}
