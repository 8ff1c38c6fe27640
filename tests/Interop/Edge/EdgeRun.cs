using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>A connector as a child process, started as an existing installation would: <c>-configFile FILE</c>.</summary>
public sealed class EdgeRun : IAsyncDisposable
{
    /// <summary>Longest wait for anything; it only fails a broken program.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-edge-run-").FullName;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly SemaphoreSlim _logged = new(0);
    private Process? _process;

    /// <summary>Makes a connector that is not running yet. Settings are those of the file; what every test needs is added.</summary>
    public EdgeRun(Dictionary<string, object> settings)
    {
        Settings = new Dictionary<string, object>(settings)
        {
            ["logFile"] = "",
            ["dataDir"] = Path.Combine(_folder, "data"),
            ["metrics.listen"] = $"127.0.0.1:{MetricsPort}",
        };
        settings.ToList().ForEach(entry => Settings[entry.Key] = entry.Value);
        Write();
    }

    public Dictionary<string, object> Settings { get; }

    public int MetricsPort { get; } = FreePort.Take();

    public string File => Path.Combine(_folder, "edge.json");

    public string Log => string.Join('\n', _log);

    public int Id => _process!.Id;

    /// <summary>Writes the settings into the file.</summary>
    public void Write() => System.IO.File.WriteAllText(File, JsonSerializer.Serialize(Settings));

    public EdgeRun Start()
    {
        var start = new ProcessStartInfo(ProgramPath.Find(), ["edge", "-configFile", File])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.OutputDataReceived += (_, line) => Remember(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        return this;
    }

    /// <summary>Waits for a line of the log, past or to come.</summary>
    public async Task LogLineAsync(string part, int times = 1)
    {
        using var deadline = new CancellationTokenSource(EdgeRun.Patience);
        while (_log.Count(line => line.Contains(part, StringComparison.Ordinal)) < times)
        {
            try
            {
                await _logged.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"no line with '{part}' in the connector's log:\n{Log}");
            }
        }
    }

    public void Signal(int signal) => _ = SendSignal(Id, signal);

    /// <summary>Waits for its end.</summary>
    public async Task<int> EndAsync()
    {
        using var deadline = new CancellationTokenSource(EdgeRun.Patience);
        await _process!.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public async Task<int> StopAsync()
    {
        Signal(15);
        return await EndAsync();
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await EndAsync();
    }

    public async Task<string> GetAsync(string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{MetricsPort}{path}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited) _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _logged.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Remember(string? line)
    {
        if (line is null) return;
        _log.Enqueue(line);
        _logged.Release();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
