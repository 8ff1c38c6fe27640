using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Fairlead.Chaos.Edge;
using Fairlead.Shared;

namespace Fairlead.Chaos.Gateway;

/// <summary>A gateway as a process of its own that can be killed and started again on the same port.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private readonly string[] _settings;
    private readonly ConcurrentQueue<string> _log = new();
    private TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    private GatewayProcess(IEnumerable<(string Key, string Value)> settings)
    {
        Url = new Uri($"http://127.0.0.1:{FreePort.Take()}");
        _settings = [.. settings.SelectMany(static setting => (string[])["--set", $"{setting.Key}={setting.Value}"])];
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 2000 }) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public int ProcessId => _process!.Id;

    /// <summary>The last lines of its log.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Starts a gateway and waits until it is ready.</summary>
    public static async Task<GatewayProcess> StartAsync(IEnumerable<(string Key, string Value)> settings)
    {
        var gateway = new GatewayProcess(settings);
        try
        {
            await gateway.LaunchAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>As a power cut would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>.</summary>
    public Task RestartAsync() => LaunchAsync();

    /// <summary>Waits until its connection to the hub stands.</summary>
    public Task UntilReadyAsync() => Wait.UntilAsync(
        async () =>
        {
            using var answer = await Http.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        },
        () => $"the gateway should be ready:\n{Log}",
        LongForm.Patience);

    /// <summary>A sample of its metrics.</summary>
    public async Task<double> SampleAsync(string series)
    {
        var page = await Http.GetStringAsync("/metrics");
        var line = page.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Opens a device's stream of messages, after as many attempts as it takes: the gateway may be busy letting the device go.</summary>
    public async Task<EventStream> OpenStreamAsync(string device, string? token = null, string query = "")
    {
        HttpResponseMessage? response = null;
        var said = "";
        await Wait.UntilAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/{device}/stream?kinds=messages{query}");
                if (token is not null) request.Headers.TryAddWithoutValidation("sas_token", token);
                response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                if (response.IsSuccessStatusCode) return true;
                said = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
                response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, said);
                response.Dispose();
                return false;
            },
            () => said,
            LongForm.Patience);
        return await EventStream.ReadAsync(response!, LongForm.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        Http.Dispose();
    }

    private async Task LaunchAsync()
    {
        _listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(ProgramPath.Find(), ["gateway", "run", "--listen", Url.GetLeftPart(UriPartial.Authority), "--log-format", "text", .. _settings])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            await _listening.Task.WaitAsync(LongForm.Patience);
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException($"the gateway did not start:\n{Log}", late);
        }

        await UntilReadyAsync();
    }

    private void OnLine(string? line)
    {
        if (line is null) return;
        if (line.StartsWith("listening ", StringComparison.Ordinal)) _listening.TrySetResult();
        _log.Enqueue(line);
        if (_log.Count > 500) _log.TryDequeue(out _);
    }
}
