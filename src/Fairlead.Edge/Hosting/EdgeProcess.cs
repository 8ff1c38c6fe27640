using System.Runtime.InteropServices;
using System.Text.Json;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Logging;

namespace Fairlead.Edge.Hosting;

/// <summary>The process around a connector: configuration, log, signals, systemd, exit code (spec sections 2 and 16).</summary>
internal static class EdgeProcess
{
    private const int Failed = 1;
    private const int Interrupted = 130;
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(2);

    /// <summary>Runs a connector until a signal ends it.</summary>
    public static int Run(GoFlags flags)
    {
        var configuration = Load(flags);
        if (configuration.Options is not { } options)
        {
            foreach (var problem in configuration.Problems) Console.Error.WriteLine($"fairlead edge: {(problem.ExitCode == 0 ? "note: " : "")}{problem}");
            return configuration.Fault!.ExitCode;
        }

        try
        {
            return RunAsync(flags, configuration, options).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"fairlead edge: {exception.Message.ReplaceLineEndings(" ")}");
            return Failed;
        }
    }

    /// <summary>Reads all layers, with what the cloud has set on top when that is on and without fault.</summary>
    public static EdgeConfiguration Load(GoFlags flags)
    {
        var configuration = EdgeConfiguration.Load(flags, Environment.GetEnvironmentVariable);
        if (configuration.Options is not { RemoteConfigShadow: not null } options || RemoteSettingsFile.ReadCurrent(options.DataDirectory) is not { } remote)
            return configuration;
        var whole = EdgeConfiguration.Load(flags, Environment.GetEnvironmentVariable, remote);
        return whole.Options is null ? configuration : whole;
    }

    private static async Task<int> RunAsync(GoFlags flags, EdgeConfiguration configuration, EdgeOptions options)
    {
        var time = TimeProvider.System;
        ILogSink sink = options.Log.File is null ? new StreamSink(Console.OpenStandardError()) : new RotatingFile(options.Log, time);
        await using var pump = new LogPump(sink);
        using var loggers = new EdgeLoggerFactory(options.Log, pump, time);
        var log = loggers.CreateLogger("edge");
        foreach (var problem in configuration.Problems) log.ConfigurationRemark(problem.ToString());
        using var systemd = new SystemdNotice(Environment.GetEnvironmentVariable);
        var stop = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        EdgeConnector? running = null;
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop);
        await using var connector = await EdgeConnector.StartAsync(options, Reload, loggers, time);
        running = connector;
        using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            systemd.Reloading();
            connector.Reload(Load(flags));
            connector.LookAtFiles();
            systemd.Reloaded();
        });
        _ = connector.WhenLocalAsync().ContinueWith(
            _ => systemd.Ready(() => connector.IsAlive, time), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        string reason = await stop.Task;
        systemd.Stopping();
        await connector.StopAsync(reason);
        return 0;

        EdgeConfiguration Reload(JsonElement? remote) => EdgeConfiguration.Load(flags, Environment.GetEnvironmentVariable, remote);

        void OnStop(PosixSignalContext context)
        {
            context.Cancel = true;
            if (!stop.TrySetResult(context.Signal.ToString())) _ = QuitAsync(running, time);
        }
    }

    // Somebody who asks twice does not want to wait: what was acknowledged locally is in the spool, and nothing else is owed.
    private static async Task QuitAsync(EdgeConnector? connector, TimeProvider time)
    {
        try
        {
            if (connector is not null) await connector.FlushAsync().WaitAsync(LongestFlush, time);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The disk does not answer, or all is written and closed already.
        }
        finally
        {
            Environment.Exit(Interrupted);
        }
    }
}
