using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fairlead.Shared;

namespace Fairlead.Chaos.Edge;

/// <summary>The connector as a process of its own, with a configuration file and a data directory that outlive it.</summary>
public sealed partial class EdgeProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromSeconds(5) });

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-edge-").FullName;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly int _port = FreePort.Take();
    private readonly bool _shell;
    private Process? _process;

    private EdgeProcess(Dictionary<string, object> settings)
    {
        // A write beyond the limit that a test sets then fails like one on a full disk, instead of ending the process.
        _shell = settings.Remove(FileSizeMayBeLimited);
        DataDirectory = settings.Remove(DataDirectoryIs, out object? directory) ? (string)directory : Path.Combine(_folder, "data");
        settings["dataDir"] = DataDirectory;
        settings["logFile"] = "";
        settings["metrics.listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");
        File.WriteAllText(Path.Combine(_folder, "edge.json"), JsonSerializer.Serialize(settings));
    }

    /// <summary>Setting of a stage: <see cref="LimitFileSizeAsync"/> will be used.</summary>
    public const string FileSizeMayBeLimited = "test.limitFileSize";

    /// <summary>Setting of a stage: where the connector keeps its data, instead of a place of its own.</summary>
    public const string DataDirectoryIs = "test.dataDirectory";

    public string DataDirectory { get; }

    public string Log => string.Join('\n', _log);

    public int ProcessId => _process!.Id;

    public static async Task<EdgeProcess> StartAsync(Dictionary<string, object> settings)
    {
        var edge = new EdgeProcess(settings);
        edge.Launch();
        try
        {
            await edge.UntilAliveAsync();
            return edge;
        }
        catch
        {
            await edge.DisposeAsync();
            throw;
        }
    }

    public void Launch()
    {
        string[] command = [ProgramPath.Find(), "edge", "-configFile", Path.Combine(_folder, "edge.json")];
        var start = new ProcessStartInfo(
            _shell ? "/bin/sh" : command[0], _shell ? ["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", .. command] : command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = _folder,
        };
        if (_shell) start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // its code lies in a file, too
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Remember(line.Data);
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task UntilAliveAsync() =>
        await Wait.UntilAsync(
            async () =>
            {
                _process!.HasExited.ShouldBeFalse($"the connector ended with {(_process.HasExited ? _process.ExitCode : 0)}:\n{Log}");
                return await MetricsAsync() is not null;
            },
            () => $"the connector should answer /metrics:\n{Log}",
            Patience);

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Has the kernel refuse to let any file of the connector grow beyond a size; null lets it again.</summary>
    public async Task LimitFileSizeAsync(long? bytes)
    {
        string limit = bytes is { } most ? string.Create(CultureInfo.InvariantCulture, $"{most}:unlimited") : "unlimited";
        using var prlimit = Process.Start("prlimit", ["--pid", ProcessId.ToString(CultureInfo.InvariantCulture), $"--fsize={limit}"]);
        await prlimit.WaitForExitAsync();
        prlimit.ExitCode.ShouldBe(0);
    }

    public async Task RestartAsync()
    {
        if (_process is not null) await KillAsync();
        Launch();
        await UntilAliveAsync();
    }

    /// <summary>Stops it in order.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        _ = SendSignal(_process!.Id, SigTerm);
        using var deadline = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>Sum of the samples of a metric whose labels hold all of the texts; null while it does not answer.</summary>
    public async Task<double?> SampleAsync(string name, params string[] labels)
    {
        if (await MetricsAsync() is not { } page) return null;
        double sum = 0;
        foreach (Match line in SampleLine().Matches(page))
        {
            if (line.Groups["name"].Value == name && Array.TrueForAll(labels, label => line.Groups["labels"].Value.Contains(label, StringComparison.Ordinal)))
                sum += double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture);
        }

        return sum;
    }

    /// <summary>Messages in the spool.</summary>
    public async Task<long> BufferedAsync() => (long)(await SampleAsync("edge_spool_messages") ?? 0);

    public async Task UntilBufferedAsync(Func<long, bool> wanted, string what)
    {
        double? last = null;
        await Wait.UntilAsync(
            async () => (last = await SampleAsync("edge_spool_messages")) is { } count && wanted((long)count),
            () => $"{what}; {last} are in the spool\n{Tail}",
            TimeSpan.FromSeconds(150));
    }

    public async Task<string?> MetricsAsync()
    {
        try
        {
            return await Http.GetStringAsync(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/metrics"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            return null;
        }
    }

    public string Tail => string.Join('\n', _log.TakeLast(40));

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Remember(string? line)
    {
        if (line is null) return;
        _log.Enqueue(line);
        if (_log.Count > 20_000) _log.TryDequeue(out _);
    }

    [GeneratedRegex("^(?<name>[a-z_]+)(?:\\{(?<labels>[^}]*)\\})? (?<value>[0-9.eE+-]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex SampleLine();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
