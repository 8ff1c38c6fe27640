using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Shared;

namespace Fairlead.Interop.Gateway;

/// <summary>A foreign hub: what IoT hubs do over AMQP, made of rhea (<c>node/iothub_peer.js</c>).</summary>
public sealed class RheaHub : IAsyncDisposable
{
    public const string Host = "hub.example.net";
    public const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    /// <summary>Longest wait for anything; it only fails a broken program.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<JsonObject> _events = [];
    private readonly SemaphoreSlim _told = new(0);
    private readonly ConcurrentQueue<string> _errors = new();

    private RheaHub(Process process) => _process = process;

    public int Port { get; private set; }

    public Uri Address => new($"amqp://127.0.0.1:{Port}");

    /// <summary>Starts it.</summary>
    /// <param name="port">Port, as when it comes back after an outage; 0 for a free one.</param>
    public static async Task<RheaHub> StartAsync(int port = 0)
    {
        Requirements.NeedNodePackage("rhea");
        string script = Path.Combine(ProgramPath.Root, "tests", "Interop", "node", "iothub_peer.js");
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("node", [script, Key, Host, $"{port}"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            },
        };
        var hub = new RheaHub(process);
        process.OutputDataReceived += (_, line) => hub.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => hub._errors.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        hub.Port = (int)(await hub.WaitAsync("listening"))["port"]!;
        return hub;
    }

    /// <summary>A token as a device makes it.</summary>
    public static string Token(string device, string key = Key, long expiry = 1_900_000_000)
    {
        string resource = Uri.EscapeDataString($"{Host}/devices/{device}");
        string signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes($"{resource}\n{expiry}")));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(signature)}&se={expiry}";
    }

    public void Tell(object command)
    {
        lock (_process)
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(command));
            _process.StandardInput.Flush();
        }
    }

    /// <summary>Events of a kind so far.</summary>
    public JsonObject[] Events(string kind)
    {
        lock (_events) return [.. _events.Where(told => (string?)told["event"] == kind)];
    }

    /// <summary>Waits for an event, past or to come.</summary>
    public async Task<JsonObject> WaitAsync(string kind, Func<JsonObject, bool>? wanted = null, int times = 1)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            var found = Events(kind).Where(told => wanted?.Invoke(told) != false).ToArray();
            if (found.Length >= times) return found[times - 1];
            try
            {
                await _told.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException cancelled)
            {
                lock (_events)
                    throw new TimeoutException($"no event {kind}; there were:\n{string.Join('\n', _events.TakeLast(30).Select(told => told.ToJsonString()))}\n{string.Join('\n', _errors)}", cancelled);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _told.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is not ['{', ..]) return;
        lock (_events) _events.Add(JsonNode.Parse(line)!.AsObject());
        _told.Release();
    }
}
