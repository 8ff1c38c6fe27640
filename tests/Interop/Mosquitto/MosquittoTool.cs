using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Mosquitto;

/// <summary>A running <c>mosquitto_sub</c> or <c>mosquitto_pub</c>.</summary>
public sealed class MosquittoTool : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _errors = new();

    private MosquittoTool(string tool, IEnumerable<string> arguments, bool keepOutput)
    {
        Requirements.NeedMosquittoTools();
        // stdbuf: mosquitto_sub would hold back its lines in a buffer when its output is a pipe.
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(tool, arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            },
        };
        _process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginErrorReadLine();
        if (keepOutput)
            return;
        _process.OutputDataReceived += (_, line) => _ = line.Data is null ? _lines.Writer.TryComplete() : _lines.Writer.TryWrite(line.Data);
        _process.BeginOutputReadLine();
    }

    /// <summary>What the tool said on stderr so far.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>Starts <c>mosquitto_sub</c> and waits until the hub has acknowledged its subscriptions.</summary>
    public static async Task<MosquittoTool> SubscribeAsync(IEnumerable<string> connection, params IEnumerable<string> arguments)
    {
        var tool = new MosquittoTool("stdbuf", ["-oL", "mosquitto_sub", .. connection, .. arguments, "-d", "-F", "%j"], keepOutput: false);
        try
        {
            await tool.LineAsync(line => line.StartsWith("Subscribed (", StringComparison.Ordinal));
            return tool;
        }
        catch
        {
            await tool.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts <c>mosquitto_sub</c> for the bytes of one message.</summary>
    public static async Task<byte[]> ReceiveBytesAsync(IEnumerable<string> connection, string topic)
    {
        await using var tool = new MosquittoTool("stdbuf", ["-oL", "mosquitto_sub", .. connection, "-t", topic, "-q", "1", "-C", "1", "-N"], keepOutput: true);
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        using var bytes = new MemoryStream();
        await tool._process.StandardOutput.BaseStream.CopyToAsync(bytes, deadline.Token);
        (await tool.ExitAsync()).ShouldBe(0, tool.Errors);
        return bytes.ToArray();
    }

    /// <summary>Runs <c>mosquitto_pub</c> to its end; <paramref name="lines"/> go to its stdin (<c>-l</c>).</summary>
    public static async Task PublishAsync(IEnumerable<string> connection, IEnumerable<string> arguments, IEnumerable<string>? lines = null)
    {
        var (code, errors) = await TryPublishAsync(connection, arguments, lines);
        code.ShouldBe(0, errors);
    }

    /// <summary>The same without judging the exit code.</summary>
    public static async Task<(int Code, string Errors)> TryPublishAsync(IEnumerable<string> connection, IEnumerable<string> arguments, IEnumerable<string>? lines = null)
    {
        await using var tool = new MosquittoTool("mosquitto_pub", [.. connection, .. arguments], keepOutput: false);
        foreach (var line in lines ?? [])
            await tool._process.StandardInput.WriteAsync(line + "\n");
        tool._process.StandardInput.Close();
        return (await tool.ExitAsync(), tool.Errors);
    }

    /// <summary>Starts <c>mosquitto_sub</c> with arguments under which it ends by itself.</summary>
    public static async Task<IReadOnlyList<JsonElement>> SubscribeToEndAsync(IEnumerable<string> connection, params IEnumerable<string> arguments)
    {
        await using var tool = new MosquittoTool("stdbuf", ["-oL", "mosquitto_sub", .. connection, .. arguments, "-F", "%j"], keepOutput: false);
        (await tool.ExitAsync()).ShouldBe(0, tool.Errors);
        var messages = new List<JsonElement>();
        await foreach (var line in tool._lines.Reader.ReadAllAsync())
            messages.Add(Parse(line));
        return messages;
    }

    /// <summary>The next message as the tool's own JSON.</summary>
    public async Task<JsonElement> MessageAsync() => Parse(await LineAsync(line => line.StartsWith('{')));

    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    private async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    private async Task<string> LineAsync(Func<string, bool> wanted)
    {
        var seen = new StringBuilder();
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        try
        {
            while (true)
            {
                var line = await _lines.Reader.ReadAsync(deadline.Token);
                if (wanted(line))
                    return line;
                seen.AppendLine(line);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{_process.StartInfo.FileName}: {failure.Message}\n{seen}{Errors}"), failure);
        }
    }
}
