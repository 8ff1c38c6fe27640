using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Fairlead.Shared;

namespace Fairlead.Interop.IotHub.Messages;

/// <summary>The Azure SDKs for Node in a child process: requests go in and answers come out as JSON lines. It holds any number of clients.</summary>
public sealed class AzureSdk : IAsyncDisposable
{
    /// <summary>Only fails a broken run; nothing passes because of it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _pending = new();
    private readonly ConcurrentDictionary<string, Channel<JsonObject>> _events = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private int _lastId;

    private AzureSdk(Process process) => _process = process;

    public static AzureSdk Start(string caFile)
    {
        Requirements.NeedNodePackage("azure-iot-device");
        Requirements.NeedNodePackage("azure-iothub");
        var start = new ProcessStartInfo("node", [Path.Combine(ProgramPath.Root, "tests", "Interop", "node", "azure_device.js")])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        // The service SDK takes no authority as an option (spec/azure-gateway 8.1).
        start.Environment["NODE_EXTRA_CA_CERTS"] = caFile;
        start.Environment["NODE_NO_WARNINGS"] = "1";
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var sdk = new AzureSdk(process);
        process.OutputDataReceived += (_, line) => sdk.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => sdk._errors.Enqueue(line.Data ?? "");
        process.Exited += (_, _) => sdk.FailPending();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return sdk;
    }

    /// <summary>Asks for something that must work.</summary>
    public async Task<JsonObject> AskAsync(string operation, string client, object? arguments = null)
    {
        var answer = await TryAsync(operation, client, arguments);
        answer["ok"]!.GetValue<bool>().ShouldBeTrue($"{operation}: {answer["error"]}\n{string.Join('\n', _errors)}");
        return answer;
    }

    /// <summary>Asks for something that must fail; comes back with the error's name and message.</summary>
    public async Task<string> RefusedAsync(string operation, string client, object? arguments = null)
    {
        var answer = await TryAsync(operation, client, arguments);
        answer["ok"]!.GetValue<bool>().ShouldBeFalse($"{operation} was served");
        return answer["error"]!.GetValue<string>();
    }

    /// <summary>Asks for something.</summary>
    public async Task<JsonObject> TryAsync(string operation, string client, object? arguments = null)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = arguments is null ? [] : JsonSerializer.SerializeToNode(arguments, JsonSerializerOptions.Web)!.AsObject();
        request["id"] = id;
        request["op"] = operation;
        request["client"] = client;
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        try
        {
            var line = request.ToJsonString();
            lock (_pending) _process.StandardInput.WriteLine(line);
            await _process.StandardInput.FlushAsync();
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

    /// <summary>Opens a device and expects that it works.</summary>
    public Task<JsonObject> OpenAsync(string client, AzureDevice device, string transport) =>
        AskAsync("open", client, new { transport, connectionString = device.ConnectionString(transport), ca = device.Hub.Ca });

    /// <summary>The next event of a client, of one kind; others are dropped.</summary>
    public async Task<JsonObject> EventAsync(string client, string kind)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            while (true)
            {
                var next = await EventsOf(client).Reader.ReadAsync(deadline.Token);
                if (next["event"]!.GetValue<string>() == kind) return next;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no event {kind} for {client}\n{string.Join('\n', _errors)}");
        }
    }

    /// <summary>Kills the process: its sockets close without a word.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private Channel<JsonObject> EventsOf(string client) => _events.GetOrAdd(client, static _ => Channel.CreateUnbounded<JsonObject>());

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
            if (_pending.TryGetValue(id!.GetValue<int>(), out var pending)) pending.TrySetResult(node);
        }
        else
        {
            EventsOf(node["client"]!.GetValue<string>()).Writer.TryWrite(node);
        }
    }

    private void FailPending()
    {
        foreach (var pending in _pending.Values) pending.TrySetException(new IOException($"the SDK's process ended\n{string.Join('\n', _errors)}"));
    }
}
