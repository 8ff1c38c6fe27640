using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Fairlead.Shared;

namespace Fairlead.Interop.Drivers;

/// <summary>
/// A script in another language as a child process: requests go in as JSON lines, answers come out under their ids, and what the script tells by
/// itself comes as events. The clients that it drives differ; this part does not.
/// </summary>
public sealed class ScriptProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TimeSpan _deadline;
    private readonly Action<JsonObject>? _onEvent;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _pending = new();
    private readonly ConcurrentDictionary<(string Client, string Event), Channel<JsonObject>> _events = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private int _lastId;

    private ScriptProcess(Process process, TimeSpan deadline, Action<JsonObject>? onEvent) => (_process, _deadline, _onEvent) = (process, deadline, onEvent);

    /// <summary>Id of the process, for signals.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a script.</summary>
    /// <param name="script">File in <c>tests/Interop</c>: <c>.js</c> for Node.js, <c>.py</c> for Python.</param>
    /// <param name="deadline">Longest wait for an answer or event; it only fails a broken run, nothing passes because of it.</param>
    /// <param name="ca">PEM file of an authority that Node.js trusts besides its own; null for none.</param>
    /// <param name="onEvent">Takes events; null keeps them for <see cref="NextAsync"/>.</param>
    /// <param name="arguments">Arguments of the script.</param>
    public static ScriptProcess Start(string script, TimeSpan deadline, string? ca = null, Action<JsonObject>? onEvent = null, params string[] arguments)
    {
        var program = script.EndsWith(".py", StringComparison.Ordinal) ? Requirements.Python : "node";
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, [Path.Combine(ProgramPath.Root, "tests", "Interop", script), .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            },
            EnableRaisingEvents = true,
        };
        if (ca is not null) process.StartInfo.Environment["NODE_EXTRA_CA_CERTS"] = ca;
        var started = new ScriptProcess(process, deadline, onEvent);
        process.OutputDataReceived += (_, line) => started.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => started._errors.Enqueue(line.Data ?? "");
        process.Exited += (_, _) => started.FailPending();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Asks for an operation.</summary>
    /// <param name="operation">Its name.</param>
    /// <param name="request">Its arguments.</param>
    /// <returns>The answer, whether it succeeded or not.</returns>
    /// <exception cref="InvalidOperationException">There is no answer.</exception>
    public async Task<JsonObject> AskAsync(string operation, JsonObject request)
    {
        var id = Interlocked.Increment(ref _lastId);
        request["id"] = id;
        request["op"] = operation;
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        try
        {
            Tell(request);
            return await answer.Task.WaitAsync(_deadline);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException)
        {
            throw new InvalidOperationException($"no answer to {operation}: {failure.Message}\n{Errors}", failure);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    /// <summary>Says something that gets no answer.</summary>
    public void Tell(JsonObject line)
    {
        lock (_pending) // one line at a time
        {
            _process.StandardInput.WriteLine(line.ToJsonString());
            _process.StandardInput.Flush();
        }
    }

    /// <summary>The next event of a kind, past or to come.</summary>
    public async Task<JsonObject> NextAsync(string client, string kind)
    {
        try
        {
            return await Events(client, kind).Reader.ReadAsync().AsTask().WaitAsync(_deadline);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"no {kind} of {client}\n{Errors}", late);
        }
    }

    /// <summary>Whether an event of a kind has come already; takes it.</summary>
    public bool TryNext(string client, string kind, out JsonObject? found) => Events(client, kind).Reader.TryRead(out found);

    /// <summary>Kills the process: its sockets close without a farewell.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(_deadline);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private string Errors => string.Join('\n', _errors);

    private Channel<JsonObject> Events(string client, string kind) => _events.GetOrAdd((client, kind), static _ => Channel.CreateUnbounded<JsonObject>());

    private void OnLine(string? line)
    {
        if (line is not ['{', ..])
        {
            _errors.Enqueue(line ?? "");
            return;
        }

        var told = JsonNode.Parse(line)!.AsObject();
        if (!told.ContainsKey("event"))
        {
            if (_pending.TryGetValue(told["id"]!.GetValue<int>(), out var pending)) pending.TrySetResult(told);
        }
        else if (_onEvent is not null)
        {
            _onEvent(told);
        }
        else
        {
            Events(told["client"]!.GetValue<string>(), told["event"]!.GetValue<string>()).Writer.TryWrite(told);
        }
    }

    private void FailPending()
    {
        foreach (var pending in _pending.Values) pending.TrySetException(new IOException("the script ended"));
    }
}
