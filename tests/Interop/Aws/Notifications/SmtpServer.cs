using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.Notifications;

/// <summary>aiosmtpd in its own process: a real SMTP server that tells every mail.</summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<ReceivedMail> _mails = Channel.CreateUnbounded<ReceivedMail>();
    private readonly Channel<string> _turnedAway = Channel.CreateUnbounded<string>();

    private bool _isDisposed;

    private SmtpServer(Process process) => _process = process;

    public int Port { get; private set; }

    /// <summary>Receivers that were answered with 550 or 451, one for each time.</summary>
    public ChannelReader<string> TurnedAway => _turnedAway.Reader;

    public static async Task<SmtpServer> StartAsync(params string[] arguments)
    {
        Requirements.NeedSmtpServer();
        var script = Path.Combine(ProgramPath.Root, "tests", "Interop", "clients", "smtp_server.py");
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(Requirements.Python, [script, .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var server = new SmtpServer(process);
        process.OutputDataReceived += (_, line) => server.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => server._errors.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            server.Port = await server._port.Task.WaitAsync(Deadline);
        }
        catch (TimeoutException late)
        {
            await server.DisposeAsync();
            throw new TimeoutException($"the SMTP server did not start\n{string.Join('\n', server._errors)}", late);
        }

        return server;
    }

    /// <summary>The next mail.</summary>
    public async Task<ReceivedMail> NextAsync()
    {
        using var late = new CancellationTokenSource(Deadline);
        try
        {
            return await _mails.Reader.ReadAsync(late.Token);
        }
        catch (OperationCanceledException ended)
        {
            throw new TimeoutException($"no mail came\n{string.Join('\n', _errors)}", ended);
        }
    }

    /// <summary>The next mail to somebody; mails to others are left out.</summary>
    public async Task<ReceivedMail> NextToAsync(string address)
    {
        while (true)
        {
            var mail = await NextAsync();
            if (mail.To.Contains(address)) return mail;
        }
    }

    /// <summary>Whether a mail is there already.</summary>
    public bool TryNext(out ReceivedMail? mail) => _mails.Reader.TryRead(out mail);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Deadline);
        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is not ['{', ..]) return;
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (root.TryGetProperty("port", out var port)) _port.TrySetResult(port.GetInt32());
        else if (root.TryGetProperty("refused", out var refused)) _turnedAway.Writer.TryWrite(refused.GetString()!);
        else if (root.TryGetProperty("putOff", out var putOff)) _turnedAway.Writer.TryWrite(putOff.GetString()!);
        else _mails.Writer.TryWrite(root.Deserialize<ReceivedMail>(Json)!);
    }
}

/// <summary>A mail as the server got it.</summary>
public sealed record ReceivedMail(string From, IReadOnlyList<string> To, IReadOnlyDictionary<string, string> Headers, string Text, bool Tls, string? Login)
{
    public string Subject => Headers["subject"];

    /// <summary>The one link in the text.</summary>
    public Uri Link => new(Text.Split(' ', '\n', '\r').Single(static word => word.StartsWith("https://", StringComparison.Ordinal)));
}
