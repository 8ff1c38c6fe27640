using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>A running <c>fairlead</c> verb.</summary>
public sealed class ToolProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _talk = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _errors = new();
    private readonly Task<string> _output;

    private ToolProcess(IEnumerable<string> arguments, string? input)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(ProgramPath.Find(), arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.ErrorDataReceived += (_, line) => OnTalk(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _output = _process.StandardOutput.ReadToEndAsync();
        _process.StandardInput.Write(input ?? "");
        _process.StandardInput.Close();
    }

    /// <summary>Starts <c>fairlead sub</c> and waits until the server has acknowledged its subscriptions.</summary>
    public static async Task<ToolProcess> SubscribeAsync(IEnumerable<string> connection, params IEnumerable<string> arguments)
    {
        var tool = new ToolProcess(["sub", .. connection, .. arguments, "-d"], null);
        await tool.TalkAsync("subscribed to");
        return tool;
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<ToolOutcome> RunAsync(string verb, IEnumerable<string> connection, IEnumerable<string> arguments, string? input = null)
    {
        await using var tool = new ToolProcess([.. verb.Split(' '), .. connection, .. arguments], input);
        return await tool.EndAsync();
    }

    /// <summary>Waits for a line on stderr.</summary>
    public async Task TalkAsync(string part)
    {
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        try
        {
            while (!(await _talk.Reader.ReadAsync(deadline.Token)).Contains(part, StringComparison.Ordinal))
            {
                // An earlier line.
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            Assert.Fail($"no line with '{part}' on stderr, but: {_errors}");
        }
    }

    /// <summary>Waits until it ended by itself.</summary>
    public async Task<ToolOutcome> EndAsync()
    {
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        lock (_errors)
            return new ToolOutcome(_process.ExitCode, _output.Result, _errors.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void OnTalk(string? line)
    {
        if (line is null)
        {
            _talk.Writer.TryComplete();
            return;
        }

        lock (_errors)
            _errors.AppendLine(line);
        _talk.Writer.TryWrite(line);
    }
}
