using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws;

/// <summary>
/// An AWS SDK in a child process, pointed at a hub. Every call is noted in <see cref="OperationLog"/>, from which the table of operations
/// in docs is written.
/// </summary>
public sealed class AwsApi : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _pending = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly AwsTool _tool;
    private int _lastId;

    private AwsApi(AwsTool tool, Process process, AwsLogin login) => (_tool, _process, Login) = (tool, process, login);

    /// <summary>Where it calls and what it signs with.</summary>
    public AwsLogin Login { get; set; }

    public static AwsApi Start(AwsTool tool, AwsLogin login)
    {
        Requirements.Need(tool);
        var folder = Path.Combine(ProgramPath.Root, "tests", "Interop");
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(
                tool == AwsTool.Boto3 ? Requirements.Python : "node", [Path.Combine(folder, tool == AwsTool.Boto3 ? "clients/boto3_client.py" : "node/aws_api.js")])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            },
            EnableRaisingEvents = true,
        };
        var api = new AwsApi(tool, process, login);
        process.OutputDataReceived += (_, line) => api.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => api._errors.Enqueue(line.Data ?? "");
        process.Exited += (_, _) => api.FailPending();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return api;
    }

    /// <summary>Calls an operation of the control plane (<c>iot</c>) and expects it to succeed.</summary>
    /// <param name="operation">Name in the model, such as <c>CreateThing</c>.</param>
    /// <param name="parameters">Members with the model's names; <c>new { base64 = "..." }</c> stands for bytes.</param>
    public async Task<JsonElement> IotAsync(string operation, object? parameters = null)
    {
        var answer = await SendAsync("iot", operation, parameters);
        answer.Error.ShouldBeNull($"{operation}: {answer.Error?.Code} {answer.Error?.Message}");
        return answer.Result!.Value;
    }

    /// <summary>Calls an operation of the data plane (<c>iot-data</c>) and expects it to succeed.</summary>
    public async Task<JsonElement> DataAsync(string operation, object? parameters = null)
    {
        var answer = await SendAsync("iot-data", operation, parameters);
        answer.Error.ShouldBeNull($"{operation}: {answer.Error?.Code} {answer.Error?.Message}");
        return answer.Result!.Value;
    }

    /// <summary>Calls an operation and expects an error with this code and status.</summary>
    public async Task<AwsError> RefusedAsync(string code, int status, string operation, object? parameters = null, string service = "iot")
    {
        var answer = await SendAsync(service, operation, parameters);
        answer.Error.ShouldNotBeNull($"{operation} was served");
        answer.Error.Code.ShouldBe(code, answer.Error.Message);
        answer.Error.Status.ShouldBe(status, answer.Error.Message);
        answer.Error.Message.ShouldNotBeNullOrEmpty();
        answer.Error.RequestId.ShouldNotBeNullOrEmpty();
        return answer.Error;
    }

    /// <summary>Walks all pages with the SDK's own paginator (boto3) and returns the entries of one member of every page.</summary>
    public async Task<IReadOnlyList<JsonElement>> PagesAsync(string operation, string member, int pageSize, object? parameters = null)
    {
        var answer = await SendAsync("iot", operation, parameters, pageSize);
        answer.Error.ShouldBeNull($"{operation}: {answer.Error?.Code} {answer.Error?.Message}");
        return [.. answer.Pages!.Value.EnumerateArray().SelectMany(page => page.GetProperty(member).EnumerateArray())];
    }

    /// <summary>Calls an operation.</summary>
    public async Task<AwsAnswer> SendAsync(string service, string operation, object? parameters = null, int? pageSize = null)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = new JsonObject
        {
            ["id"] = id,
            ["service"] = service,
            ["operation"] = operation,
            ["parameters"] = JsonSerializer.SerializeToNode(parameters ?? new { }),
            ["endpoint"] = Login.Endpoint,
            ["region"] = Login.Region,
            ["accessKey"] = Login.AccessKey,
            ["secretKey"] = Login.SecretKey,
            ["sessionToken"] = Login.SessionToken,
            ["ca"] = Login.Ca,
            ["cert"] = Login.Certificate,
            ["key"] = Login.PrivateKey,
            ["paginate"] = pageSize,
        };
        foreach (var empty in request.Where(static member => member.Value is null).Select(static member => member.Key).ToArray()) request.Remove(empty);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        var line = request.ToJsonString();
        lock (_pending)
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }

        var element = await answer.Task.WaitAsync(Deadline);
        if (element.TryGetProperty("failure", out var failure)) throw new InvalidOperationException($"{_tool} {operation}: {failure.GetString()}");
        var parsed = element.Deserialize<AwsAnswer>(Json)!;
        OperationLog.Note(service, operation, _tool, parsed);
        return parsed;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Deadline);
        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is not ['{', ..])
        {
            _errors.Enqueue(line ?? "");
            return;
        }

        var element = JsonDocument.Parse(line).RootElement;
        if (_pending.TryRemove(element.GetProperty("id").GetInt32(), out var pending)) pending.TrySetResult(element);
    }

    private void FailPending()
    {
        foreach (var pending in _pending.Values) pending.TrySetException(new IOException($"{_tool} ended\n{string.Join('\n', _errors)}"));
    }
}
