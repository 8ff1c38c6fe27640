using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Fairlead.Shared;

namespace Fairlead.Interop.Azure.Registry;

/// <summary>azure-iothub and azure-iot-device in a node process (<c>node/azure_registry.js</c>) that trusts the hub's authority.</summary>
public sealed class RegistryDriver : IAsyncDisposable
{
    // Only fails a broken run; nothing passes because of it.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // Nulls of patches are part of what is said.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _pending = new();
    private readonly ConcurrentDictionary<(string Client, string Event), Channel<JsonObject>> _events = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private int _lastId;

    private RegistryDriver(Process process) => _process = process;

    /// <summary>Starts node.</summary>
    /// <param name="ca">PEM file of the authority to trust.</param>
    public static RegistryDriver Start(string ca)
    {
        foreach (var package in (string[])["azure-iot-device", "azure-iot-device-mqtt", "azure-iothub"]) Requirements.NeedNodePackage(package);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("node", [Path.Combine(ProgramPath.Root, "tests", "Interop", "node", "azure_registry.js")])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
                Environment = { ["NODE_EXTRA_CA_CERTS"] = ca },
            },
            EnableRaisingEvents = true,
        };
        var driver = new RegistryDriver(process);
        process.OutputDataReceived += (_, line) => driver.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => driver._errors.Enqueue(line.Data ?? "");
        process.Exited += (_, _) => driver.FailPending();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return driver;
    }

    /// <summary>Calls a method of the SDK's Registry and expects it to succeed.</summary>
    public async Task<JsonNode?> RegistryAsync(string connectionString, string method, params object?[] arguments)
    {
        var answer = await AskAsync("registry", new { connectionString, method, args = arguments });
        answer["ok"]!.GetValue<bool>().ShouldBeTrue($"{method}: {answer["error"]}");
        return answer["result"] is { } result ? JsonNode.Parse(result.GetValue<string>()) : null;
    }

    /// <summary>Calls a method that must fail. Returns the class of the error, status, code and text.</summary>
    public async Task<string> RegistryFailsAsync(string connectionString, string method, params object?[] arguments)
    {
        var answer = await AskAsync("registry", new { connectionString, method, args = arguments });
        answer["ok"]!.GetValue<bool>().ShouldBeFalse($"{method} was served");
        return answer["error"]!.GetValue<string>();
    }

    /// <summary>Runs a query. Returns sizes of its pages and all results.</summary>
    public async Task<(IReadOnlyList<int> Sizes, JsonArray Results)> QueryAsync(string connectionString, string query, int? pageSize = null)
    {
        var answer = await DoAsync("query", new { connectionString, query, pageSize });
        return ([.. answer["sizes"]!.AsArray().Select(static size => size!.GetValue<int>())], JsonNode.Parse(answer["results"]!.GetValue<string>())!.AsArray());
    }

    /// <summary>Asks for an operation and expects it to succeed.</summary>
    public async Task<JsonObject> DoAsync(string operation, object arguments)
    {
        var answer = await AskAsync(operation, arguments);
        answer["ok"]!.GetValue<bool>().ShouldBeTrue($"{operation}: {answer["error"]}");
        return answer;
    }

    /// <summary>The error of an operation that must fail.</summary>
    public async Task<string> FailAsync(string operation, object arguments)
    {
        var answer = await AskAsync(operation, arguments);
        answer["ok"]!.GetValue<bool>().ShouldBeFalse($"{operation} did not fail");
        return answer["error"]!.GetValue<string>();
    }

    /// <summary>The next event of a kind, past or to come.</summary>
    public async Task<JsonObject> NextAsync(string client, string kind)
    {
        try
        {
            return await Events(client, kind).Reader.ReadAsync().AsTask().WaitAsync(Deadline);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"no {kind} of {client}\n{string.Join('\n', _errors)}", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Deadline);
        _process.Dispose();
    }

    private async Task<JsonObject> AskAsync(string operation, object arguments)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = JsonSerializer.SerializeToNode(arguments, Json)!.AsObject();
        request["id"] = id;
        request["op"] = operation;
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        lock (_pending)
        {
            _process.StandardInput.WriteLine(request.ToJsonString());
            _process.StandardInput.Flush();
        }

        try
        {
            return await answer.Task.WaitAsync(Deadline);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"no answer to {operation}\n{string.Join('\n', _errors)}", late);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    private Channel<JsonObject> Events(string client, string kind) => _events.GetOrAdd((client, kind), static _ => Channel.CreateUnbounded<JsonObject>());

    private void OnLine(string? line)
    {
        if (line is not ['{', ..])
        {
            _errors.Enqueue(line ?? "");
            return;
        }

        var node = JsonNode.Parse(line)!.AsObject();
        if (node.ContainsKey("event")) Events(node["client"]!.GetValue<string>(), node["event"]!.GetValue<string>()).Writer.TryWrite(node);
        else if (_pending.TryGetValue(node["id"]!.GetValue<int>(), out var pending)) pending.TrySetResult(node);
    }

    private void FailPending()
    {
        foreach (var pending in _pending.Values) pending.TrySetException(new IOException($"the driver ended\n{string.Join('\n', _errors)}"));
    }
}
