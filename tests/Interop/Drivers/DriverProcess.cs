using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Fairlead.Shared;

namespace Fairlead.Interop.Drivers;

/// <summary>A driver script as a child process: requests go in and answers come out as JSON lines. One process holds any number of clients.</summary>
public sealed class DriverProcess : IAsyncDisposable
{
    /// <summary>Only fails a broken run; nothing passes because of it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<Answer>> _pending = new();
    private readonly ConcurrentDictionary<string, ForeignClient> _clients = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private int _lastId;

    private DriverProcess(Foreign library, Process process) => (Library, _process) = (library, process);

    public Foreign Library { get; }

    /// <summary>Id of the process, for signals.</summary>
    public int ProcessId => _process.Id;

    public static DriverProcess Start(Foreign library)
    {
        Requirements.Need(library);
        var folder = Path.Combine(ProgramPath.Root, "tests", "Interop");
        var (program, script) = library switch
        {
            Foreign.Paho => (Requirements.Python, "clients/paho_client.py"),
            Foreign.MqttJs => ("node", "node/mqtt_client.js"),
            _ => ("node", "node/aws_client.js"),
        };
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, [Path.Combine(folder, script)])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            },
            EnableRaisingEvents = true,
        };
        var driver = new DriverProcess(library, process);
        process.OutputDataReceived += (_, line) => driver.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => driver._errors.Enqueue(line.Data ?? "");
        process.Exited += (_, _) => driver.FailPending("the driver ended");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return driver;
    }

    /// <summary>Kills the process: its sockets close without a DISCONNECT.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    internal void Register(ForeignClient client) => _clients[client.Name] = client;

    internal async Task<Answer> RequestAsync(string operation, string client, object? arguments = null)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = arguments is null ? [] : JsonSerializer.SerializeToNode(arguments, Json)!.AsObject();
        request["id"] = id;
        request["op"] = operation;
        request["client"] = client;
        var answer = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        try
        {
            var line = request.ToJsonString();
            lock (_pending) // one line at a time
                _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
            return await answer.Task.WaitAsync(Deadline);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException)
        {
            throw new InvalidOperationException($"{Library}: no answer to {operation}: {failure.Message}\n{string.Join('\n', _errors)}", failure);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    private void OnLine(string? line)
    {
        if (line is not ['{', ..])
        {
            _errors.Enqueue(line ?? "");
            return;
        }

        var node = JsonNode.Parse(line)!.AsObject();
        if (node.TryGetPropertyValue("id", out var id))
        {
            if (_pending.TryGetValue(id!.GetValue<int>(), out var pending))
                pending.TrySetResult(node.Deserialize<Answer>(Json)!);
        }
        else if (_clients.TryGetValue(node["client"]!.GetValue<string>(), out var client))
        {
            client.OnEvent(node);
        }
    }

    private void FailPending(string why)
    {
        foreach (var pending in _pending.Values)
            pending.TrySetException(new IOException($"{Library}: {why}\n{string.Join('\n', _errors)}"));
    }
}
