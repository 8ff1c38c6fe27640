using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Fairlead.Shared;

/// <summary>The built program as a child process on free ports: started, watched, stopped and killed by its own id.</summary>
/// <remarks>Nothing here sleeps: readiness is the program's own start-up line, death is its exit. The deadlines only exist to fail a broken program.</remarks>
public sealed class HubProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LogDeadline = TimeSpan.FromSeconds(60);
    private static readonly ConcurrentDictionary<int, Process> Alive = new();

    private readonly HubSettings _settings;
    private readonly bool _ownsDataDirectory;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly List<Uri> _listeners = [];
    private Process? _process;

    private event Action<string>? Logged;

    static HubProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Alive.Values)
        {
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // Ended meanwhile, which is what was wanted.
            }
        }
    };

    private HubProcess(HubSettings settings)
    {
        _settings = settings;
        _ownsDataDirectory = settings.DataDirectory is null;
        DataDirectory = settings.DataDirectory ?? Directory.CreateTempSubdirectory("fairlead-test-").FullName;
    }

    /// <summary>Where this hub keeps its data; removed at dispose when the fixture made it.</summary>
    public string DataDirectory { get; }

    /// <summary>The URLs of the start-up lines, in their order, with the real ports.</summary>
    public IReadOnlyList<Uri> Listeners => _listeners;

    /// <summary>The plain MQTT listener.</summary>
    public Uri Mqtt => Listener("mqtt");

    /// <summary>The HTTP listener (health, metrics).</summary>
    public Uri Http => Listener("http");

    /// <summary>Id of the child process.</summary>
    public int ProcessId => Running.Id;

    /// <summary>True while the child lives.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Everything the child wrote so far (the last few thousand lines), for failure output.</summary>
    public string Log => string.Join('\n', _log);

    private Process Running => _process ?? throw new InvalidOperationException("The hub has not been started.");

    /// <summary>Starts a hub with one plain MQTT listener, anonymous access and any further arguments.</summary>
    public static Task<HubProcess> StartAsync(params string[] arguments) => StartAsync(new HubSettings { Arguments = arguments });

    /// <summary>Starts a hub and waits for its ready line.</summary>
    public static async Task<HubProcess> StartAsync(HubSettings settings)
    {
        var hub = new HubProcess(settings);
        try
        {
            await hub.LaunchAsync(settings.Listen).ConfigureAwait(false);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs the program to its end, for commands that are expected to finish (or to refuse to start).</summary>
    public static async Task<ProgramResult> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Create(arguments, environment);
        process.Start();
        Alive[process.Id] = process;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(StartDeadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            return new ProgramResult(process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
        }
        finally
        {
            Alive.TryRemove(process.Id, out _);
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The listener with this scheme; fails with what there is.</summary>
    public Uri Listener(string scheme) =>
        _listeners.Find(url => string.Equals(url.Scheme, scheme, StringComparison.Ordinal))
        ?? throw new InvalidOperationException($"No {scheme} listener among: {string.Join(' ', _listeners)}");

    /// <summary>Waits for a line of the log, past or to come, that holds all of these texts.</summary>
    public async Task<string> LogLineAsync(params string[] parts)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(string line)
        {
            if (Array.TrueForAll(parts, part => line.Contains(part, StringComparison.Ordinal)))
                found.TrySetResult(line);
        }

        Logged += Look;
        try
        {
            foreach (var line in _log)
                Look(line);
            return await found.Task.WaitAsync(LogDeadline).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"No line with '{string.Join("', '", parts)}' in the hub's log:\n{Log}", late);
        }
        finally
        {
            Logged -= Look;
        }
    }

    /// <summary>Asks the hub to stop (SIGTERM) and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        var process = Running;
        if (!process.HasExited)
            _ = SendSignal(process.Id, SigTerm);
        return await WaitForExitAsync("did not stop after SIGTERM").ConfigureAwait(false);
    }

    /// <summary>Kills the hub as a power cut would (SIGKILL): nothing is flushed.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await WaitForExitAsync("did not die after SIGKILL").ConfigureAwait(false);
    }

    /// <summary>Sends any other signal, SIGHUP (1) for instance.</summary>
    public void Signal(int signal) => _ = SendSignal(Running.Id, signal);

    /// <summary>Starts the stopped or killed hub again: same data directory, same ports.</summary>
    public async Task RestartAsync()
    {
        if (IsRunning)
            await StopAsync().ConfigureAwait(false);
        var listen = _listeners.Select(url => url.OriginalString).ToArray();
        _process?.Dispose();
        _process = null;
        await LaunchAsync(listen).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await WaitForExitAsync("did not die after SIGKILL").ConfigureAwait(false);
            }

            Alive.TryRemove(process.Id, out _);
            process.Dispose();
        }

        if (_ownsDataDirectory && Directory.Exists(DataDirectory))
            Directory.Delete(DataDirectory, recursive: true);
    }

    private static Process Create(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(ProgramPath.Find())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new Process { StartInfo = start };
    }

    private async Task LaunchAsync(IReadOnlyList<string> listen)
    {
        var arguments = new List<string> { _settings.Verb, "--json", "--data", DataDirectory };
        foreach (var url in listen)
            arguments.AddRange(["--listen", url]);
        if (_settings.AllowAnonymous)
            arguments.Add("--allow-anonymous");
        arguments.AddRange(_settings.Arguments);

        var process = Create(arguments, _settings.Environment);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var announced = new List<Uri>();
        process.EnableRaisingEvents = true;
        process.OutputDataReceived += (_, line) => OnOutput(line.Data, announced, ready);
        process.ErrorDataReceived += (_, line) => Remember(line.Data);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The hub ended before it was ready."));
        process.Start();
        _process = process;
        Alive[process.Id] = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(StartDeadline).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            if (process.HasExited)
                await process.WaitForExitAsync().ConfigureAwait(false); // lets the last lines arrive
            throw new InvalidOperationException($"fairlead {string.Join(' ', arguments)}: {failure.Message}\n{Log}", failure);
        }

        _listeners.Clear();
        _listeners.AddRange(announced);
    }

    private void OnOutput(string? line, List<Uri> announced, TaskCompletionSource ready)
    {
        Remember(line);
        if (line is not ['{', ..])
            return;
        try
        {
            using var json = JsonDocument.Parse(line);
            switch (json.RootElement.TryGetProperty("event", out var name) ? name.GetString() : null)
            {
                case "listening":
                    announced.Add(new Uri(json.RootElement.GetProperty("url").GetString()!));
                    break;
                case "ready":
                    ready.TrySetResult();
                    break;
            }
        }
        catch (JsonException)
        {
            // A log line that only looks like JSON.
        }
    }

    private void Remember(string? line)
    {
        if (line is null)
            return;
        _log.Enqueue(line);
        Logged?.Invoke(line);
        if (_log.Count > 5_000)
            _log.TryDequeue(out _);
    }

    private async Task<int> WaitForExitAsync(string otherwise)
    {
        var process = Running;
        using var deadline = new CancellationTokenSource(StopDeadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The hub {otherwise} within {StopDeadline.TotalSeconds} s.\n{Log}", late);
        }

        Alive.TryRemove(process.Id, out _);
        return process.ExitCode;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
