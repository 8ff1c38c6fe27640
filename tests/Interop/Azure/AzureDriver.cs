using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Fairlead.Shared;

namespace Fairlead.Interop.Azure;

/// <summary>The packages for Azure IoT Hub in a node process (<c>node/azure_client.js</c>), which trusts the hub's authority. It holds any number of clients.</summary>
public sealed class AzureDriver : IAsyncDisposable
{
    /// <summary>Only fails a broken run; nothing passes because of it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _pending = new();
    private readonly ConcurrentDictionary<(string Client, string Event), Channel<JsonObject>> _events = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private int _lastId;

    private AzureDriver(Process process) => _process = process;

    /// <summary>Starts node.</summary>
    /// <param name="ca">PEM file of the authority to trust.</param>
    public static AzureDriver Start(string ca)
    {
        foreach (var package in (string[])["azure-iot-device", "azure-iot-device-amqp", "azure-iothub", "@azure/event-hubs", "rhea"]) Requirements.NeedNodePackage(package);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("node", [Path.Combine(ProgramPath.Root, "tests", "Interop", "node", "azure_client.js")])
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
        var driver = new AzureDriver(process);
        process.OutputDataReceived += (_, line) => driver.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => driver._errors.Enqueue(line.Data ?? "");
        process.Exited += (_, _) => driver.FailPending("the driver ended");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return driver;
    }

    /// <summary>Asks for an operation; its failure is an <see cref="AzureException"/>.</summary>
    public async Task<JsonObject> DoAsync(string operation, string client, object? arguments = null)
    {
        var answer = await AskAsync(operation, client, arguments);
        return answer["ok"]!.GetValue<bool>() ? answer : throw new AzureException(answer["error"]!.GetValue<string>());
    }

    /// <summary>The error of an operation that must fail.</summary>
    public async Task<string> FailAsync(string operation, string client, object? arguments = null)
    {
        var answer = await AskAsync(operation, client, arguments);
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

    /// <summary>Whether an event of a kind has come already; takes it.</summary>
    public bool TryNext(string client, string kind, out JsonObject? found) => Events(client, kind).Reader.TryRead(out found);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Deadline);
        _process.Dispose();
    }

    private async Task<JsonObject> AskAsync(string operation, string client, object? arguments)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = arguments is null ? [] : JsonSerializer.SerializeToNode(arguments, Drivers.DriverProcess.Json)!.AsObject();
        request["id"] = id;
        request["op"] = operation;
        request["client"] = client;
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        try
        {
            lock (_pending) // one line at a time
            {
                _process.StandardInput.WriteLine(request.ToJsonString());
                _process.StandardInput.Flush();
            }

            return await answer.Task.WaitAsync(Deadline);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException)
        {
            throw new InvalidOperationException($"no answer to {operation}: {failure.Message}\n{string.Join('\n', _errors)}", failure);
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
        if (node.TryGetPropertyValue("id", out var id) && !node.ContainsKey("event"))
        {
            if (_pending.TryGetValue(id!.GetValue<int>(), out var pending)) pending.TrySetResult(node);
        }
        else
        {
            Events(node["client"]!.GetValue<string>(), node["event"]!.GetValue<string>()).Writer.TryWrite(node);
        }
    }

    private void FailPending(string why)
    {
        foreach (var pending in _pending.Values) pending.TrySetException(new IOException($"{why}\n{string.Join('\n', _errors)}"));
    }
}

/// <summary>An operation of a package failed: the class of its error, then its text.</summary>
public sealed class AzureException(string message) : Exception(message);
