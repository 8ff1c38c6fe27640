using System.Diagnostics;
using System.Globalization;
using Fairlead.Shared;

namespace Fairlead.Chaos.Edge;

/// <summary>A stock mosquitto with its default limits, started, killed and started again on the same port.</summary>
public sealed class MosquittoProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-mosquitto-").FullName;
    private readonly string _settings;
    private TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    private MosquittoProcess(int port, string settings) => (Port, _settings) = (port, settings);

    public int Port { get; }

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{Port}"));

    /// <summary>Starts one.</summary>
    /// <param name="settings">Lines that go before the listener; of the listener when they begin with it.</param>
    public static async Task<MosquittoProcess> StartAsync(Func<int, string>? settings = null)
    {
        int port = FreePort.Take();
        var broker = new MosquittoProcess(port, settings?.Invoke(port) ?? string.Create(CultureInfo.InvariantCulture, $"listener {port} 127.0.0.1"));
        try
        {
            await broker.LaunchAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    public static void Need()
    {
        if (Program is not null) return;
        const string Missing = "mosquitto is missing: apt-get install mosquitto.";
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)) Assert.Fail(Missing);
        Assert.Skip(Missing);
    }

    public async Task RestartAsync()
    {
        await KillAsync();
        await LaunchAsync();
    }

    public async Task KillAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async Task LaunchAsync()
    {
        string file = Path.Combine(_folder, "conf");
        string user = Environment.IsPrivilegedProcess ? "user root\n" : ""; // else it gives its rights up and cannot read keys that are the owner's
        await File.WriteAllTextAsync(file, $"{user}log_dest stderr\nlog_type error\nlog_type notice\nlog_type information\nlog_type subscribe\nallow_anonymous true\n{_settings}\n");
        _process = Process.Start(new ProcessStartInfo(Program!, ["-c", file]) { RedirectStandardError = true, UseShellExecute = false })!;
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            string line = await _process.StandardError.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("mosquitto ended at its start");
            if (line.EndsWith(" running", StringComparison.Ordinal)) break;
        }

        _subscribed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = FollowAsync(_process.StandardError, _subscribed);
    }

    /// <summary>Waits until the connector has subscribed since the last start: only from then on a message finds it.</summary>
    public Task UntilSubscribedAsync() => _subscribed.Task.WaitAsync(Deadline);

    private static async Task FollowAsync(StreamReader log, TaskCompletionSource subscribed)
    {
        while (await log.ReadLineAsync() is { } line)
        {
            if (line.Contains(": cloud 1 ", StringComparison.Ordinal)) subscribed.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Select(folder => Path.Combine(folder, "mosquitto")).FirstOrDefault(File.Exists);
}
