using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Fairlead.Shared;

namespace Fairlead.Interop.Gateway;

/// <summary>A gateway as a child process.</summary>
public sealed class GatewayRun : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayRun(Process process) => _process = process;

    public Uri Url { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public string Log => string.Join('\n', _log);

    public int Id => _process.Id;

    /// <summary>Starts a gateway on a free port and waits until it listens.</summary>
    /// <param name="address">Where the hub is.</param>
    /// <param name="settings">Further settings.</param>
    public static async Task<GatewayRun> StartAsync(Uri address, params (string Key, string Value)[] settings)
    {
        string[] arguments =
        [
            "gateway", "run", "--hub", RheaHub.Host, "--listen", "http://127.0.0.1:0", "--log-level", "debug", "--log-format", "text",
            "--set", $"HubAddress={address}", "--set", "AuthorisationRate=10000", "--set", "DeviceRateLimit=0", "--set", "ReconnectInit=0.05", "--set", "ReconnectMax=0.2",
            .. settings.SelectMany(static setting => (string[])["--set", $"{setting.Key}={setting.Value}"]),
        ];
        var process = new Process { StartInfo = new ProcessStartInfo(ProgramPath.Find(), arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true } };
        var run = new GatewayRun(process);
        process.OutputDataReceived += (_, line) => run.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => run._log.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            run.Url = await run._listening.Task.WaitAsync(RheaHub.Patience);
        }
        catch (TimeoutException timeout)
        {
            throw new InvalidOperationException($"the gateway did not start:\n{run.Log}", timeout);
        }

        run.Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = Timeout.InfiniteTimeSpan }) { BaseAddress = run.Url, Timeout = RheaHub.Patience };
        return run;
    }

    /// <summary>Settings of policy mode.</summary>
    public static (string Key, string Value)[] Policy =>
        [("SharedAccessPolicyKeyEnabled", "true"), ("AccessPolicyName", "device"), ("AccessPolicyKey", RheaHub.Key), ("CloudMessagesEnabled", "true"), ("DirectMethodEnabled", "true")];

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? token = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (token is not null) request.Headers.TryAddWithoutValidation("sas_token", token);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json, string? token = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"), token, headers);

    /// <summary>Opens a stream of a device.</summary>
    public async Task<EventStream> OpenStreamAsync(string path, string? token = null) =>
        await EventStream.ReadAsync(await SendAsync(HttpMethod.Get, path, null, token), RheaHub.Patience);

    public void Signal(int signal) => _ = SendSignal(Id, signal);

    public async Task<int> EndAsync()
    {
        using var deadline = new CancellationTokenSource(RheaHub.Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        Http?.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line?.StartsWith("listening ", StringComparison.Ordinal) == true) _listening.TrySetResult(new Uri(line["listening ".Length..]));
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
