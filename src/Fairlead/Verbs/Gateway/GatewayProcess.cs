using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Hosting;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Fairlead.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Fairlead.Verbs.Gateway;

/// <summary>The process around a gateway: configuration, log, signals, start-up lines, exit code.</summary>
internal static class GatewayProcess
{
    /// <summary>Runs a gateway until a signal ends it.</summary>
    /// <returns>Exit code.</returns>
    public static int Run(GatewayFlags flags, ParseResult result)
    {
        var configuration = flags.Load(result);
        if (configuration.Options is not { } options)
        {
            foreach (string problem in configuration.Problems) Console.Error.WriteLine($"fairlead gateway: {problem}");
            return ExitCode.Usage;
        }

        if (!TryReadLog(configuration.Values, out var level, out var format)) return ExitCode.Usage;
        try
        {
            return RunAsync(options, level, format, flags.IsJson(result)).GetAwaiter().GetResult();
        }
        catch (GatewayStartException exception)
        {
            Console.Error.WriteLine($"fairlead gateway: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Failed;
        }
    }

    private static bool TryReadLog(GatewayValues values, out LogLevel level, out LogFormat format)
    {
        format = default;
        bool known = Enum.TryParse(values.Text("LogLevel"), ignoreCase: true, out level) && Enum.TryParse(values.Text("LogFormat"), ignoreCase: true, out format);
        if (!known) Console.Error.WriteLine("fairlead gateway: LogLevel is one of trace, debug, information, warning, error, none; LogFormat is one of auto, text, json");
        return known;
    }

    private static async Task<int> RunAsync(GatewayOptions options, LogLevel level, LogFormat format, bool json)
    {
        var time = TimeProvider.System;
        using var writer = new LogWriter(Console.OpenStandardError());
        using var loggers = new HubLoggerFactory(writer, HubLoggerFactory.IsJson(format, Console.IsErrorRedirected), level, time);
        var stop = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop);
        using var systemd = new SystemdNotifier(Environment.GetEnvironmentVariable);
        await using var gateway = await GatewayHost.StartAsync(options, loggers, time);
        WriteLines(gateway, json);
        writer.Start();
        systemd.Ready(static () => Task.FromResult(true), time);
        string reason = await stop.Task;
        systemd.Stopping();
        await gateway.StopAsync(reason);
        return ExitCode.Done;

        void OnStop(PosixSignalContext context)
        {
            context.Cancel = true;
            // Somebody who asks twice does not want to wait.
            if (!stop.TrySetResult(context.Signal.ToString())) Environment.Exit(ExitCode.Failed);
        }
    }

    // Scripts read the lines "listening" and "ready", as those of a hub.
    private static void WriteLines(GatewayHost gateway, bool json)
    {
        foreach (var url in gateway.Listening)
        {
            string text = url.GetLeftPart(UriPartial.Authority);
            Console.Out.Write(json ? $$"""{"event":"listening","url":"{{JsonEncodedText.Encode(text)}}"}{{'\n'}}""" : $"listening {text}\n");
        }

        Console.Out.Write(json ? """{"event":"ready"}""" + "\n" : "ready\n");
        Console.Out.Flush();
    }
}
