using System.CommandLine;
using System.Runtime.InteropServices;
using Fairlead.Broker.Durability;
using Fairlead.Gateway.Hosting;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Fairlead.Server.Observability;
using Fairlead.Verbs.Gateway;
using Microsoft.Extensions.Logging;

namespace Fairlead.Verbs;

/// <summary>The process around a hub: configuration, signals, start-up lines, exit code.</summary>
internal static class HubProcess
{
    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(1);

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
            var lines = new StartupLines(Console.Out, flags.IsJson(result), throwAway is not null);
            return RunAsync(options, lines, throwAway, () => flags.Load(result, devMode).Options.LogLevel).GetAwaiter().GetResult();
        }
        catch (ConfigurationProblemException problem)
        {
            return Fail(problem.Message, ExitCode.Usage);
        }
        catch (Exception exception) when (exception is HubStartException or GatewayStartException or StoreException or IOException or UnauthorizedAccessException)
        {
            return Fail(exception.Message, ExitCode.Failed);
        }
        finally
        {
            Delete(throwAway);
        }
    }

    private static async Task<int> RunAsync(HubOptions options, StartupLines lines, string? throwAway, Func<LogLevel> readLevel)
    {
        var time = TimeProvider.System;
        using var writer = new LogWriter(Console.OpenStandardError());
        using var loggers = new HubLoggerFactory(
            writer, HubLoggerFactory.IsJson(options.LogFormat, Console.IsErrorRedirected), options.LogLevel, time);
        var stop = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop);

        using var systemd = new SystemdNotifier(Environment.GetEnvironmentVariable);
        var hub = await Hub.StartAsync(options, loggers, time);
        using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            systemd.Reloading(done: false);
            hub.Reload();
            hub.ReloadLogLevel(loggers, readLevel);
            systemd.Reloading(done: true);
        });
        await using var gateway = await StartGatewayAsync(hub, options, loggers, time);
        lines.Write(hub, options, gateway?.Listening[0]);
        writer.Start();
        systemd.Ready(hub.AnswersAsync, time);
        var reason = await stop.Task;
        systemd.Stopping();
        // First: it gives back to the hub what its devices hold.
        if (gateway is not null) await gateway.StopAsync(reason);
        await hub.StopAsync(reason);
        return await CloseAsync(hub, time) ? ExitCode.Done : Fail("the store could not be closed in time; what was acknowledged is kept", ExitCode.Failed);

        void OnStop(PosixSignalContext context)
        {
            context.Cancel = true;
            if (stop.TrySetResult(context.Signal.ToString())) return;
            // Somebody who asks twice does not want to wait.
            Delete(throwAway);
            Environment.Exit(ExitCode.Failed);
        }
    }

    // A gateway that cannot start must not leave a hub behind that nobody stops.
    private static async Task<GatewayHost?> StartGatewayAsync(Hub hub, HubOptions options, HubLoggerFactory loggers, TimeProvider time)
    {
        try
        {
            return await DevGateway.StartAsync(hub, options, loggers, time);
        }
        catch
        {
            await hub.StopAsync("the gateway cannot start");
            await hub.DisposeAsync();
            throw;
        }
    }

    // A disk that does not answer must not keep the process: what was acknowledged is on it already, and clients repeat the rest.
    private static async Task<bool> CloseAsync(Hub hub, TimeProvider time)
    {
        try
        {
            await hub.DisposeAsync().AsTask().WaitAsync(LongestClose, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
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
