using System.CommandLine;
using System.Runtime.InteropServices;
using Fairlead.Broker.Durability;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Fairlead.Server.Observability;

namespace Fairlead.Verbs;

/// <summary>The process around a hub: configuration, signals, start-up lines, exit code.</summary>
internal static class HubProcess
{
    /// <summary>Runs a hub until a signal ends it.</summary>
    /// <returns>Exit code.</returns>
    public static int Run(HubFlags flags, ParseResult result, bool devMode)
    {
        string? throwAway = null;
        try
        {
            var configuration = flags.Load(result, devMode);
            var options = configuration.Options;
            if (devMode && !configuration.IsGiven("Data"))
                options.Data = throwAway = Directory.CreateTempSubdirectory("fairlead-dev-").FullName;
            options.Data = Path.GetFullPath(options.Data);
            // Read once by the runtime, when the first socket of the process is made.
            if (options.Server.InlineSockets) Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
            return RunAsync(options, new StartupLines(Console.Out, flags.IsJson(result), throwAway is not null), throwAway).GetAwaiter().GetResult();
        }
        catch (ConfigurationProblemException problem)
        {
            return Fail(problem.Message, ExitCode.Usage);
        }
        catch (Exception exception) when (exception is HubStartException or StoreException or IOException or UnauthorizedAccessException)
        {
            return Fail(exception.Message, ExitCode.Failed);
        }
        finally
        {
            Delete(throwAway);
        }
    }

    private static async Task<int> RunAsync(HubOptions options, StartupLines lines, string? throwAway)
    {
        var time = TimeProvider.System;
        using var writer = new LogWriter(Console.OpenStandardError());
        using var loggers = new HubLoggerFactory(
            writer, HubLoggerFactory.IsJson(options.LogFormat, Console.IsErrorRedirected), options.LogLevel, time);
        var stop = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop);

        using var systemd = new SystemdNotifier(Environment.GetEnvironmentVariable);
        await using var hub = await Hub.StartAsync(options, loggers, time);
        using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            systemd.Reloading(done: false);
            hub.Reload();
            systemd.Reloading(done: true);
        });
        lines.Write(hub, options);
        writer.Start();
        systemd.Ready(hub.IsResponsive, time);
        var reason = await stop.Task;
        systemd.Stopping();
        await hub.StopAsync(reason);
        return ExitCode.Done;

        void OnStop(PosixSignalContext context)
        {
            context.Cancel = true;
            if (stop.TrySetResult(context.Signal.ToString())) return;
            // Somebody who asks twice does not want to wait.
            Delete(throwAway);
            Environment.Exit(ExitCode.Failed);
        }
    }

    private static void Delete(string? throwAway)
    {
        if (throwAway is null) return;
        try
        {
            Directory.Delete(throwAway, recursive: true);
        }
        catch (IOException)
        {
            // A file that was being written, or a second signal that deletes at the same time: what is left is in the temporary directory.
        }
    }

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"fairlead: {message.ReplaceLineEndings(" ")}");
        return code;
    }
}
