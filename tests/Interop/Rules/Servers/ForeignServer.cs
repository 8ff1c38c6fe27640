using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Fairlead.Shared;

namespace Fairlead.Interop.Rules.Servers;

/// <summary>A server of others as a child process on a free port of loopback: started, killed by its own id, started again on the same port.</summary>
public abstract class ForeignServer : IAsyncDisposable
{
    /// <summary>Longest wait for anything. It only fails a broken server; nothing passes because of it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static readonly ConcurrentDictionary<int, Process> Alive = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private Process? _process;

    static ForeignServer() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Alive.Values) End(process);
    };

    /// <summary>Where it listens.</summary>
    public int Port { get; } = FreePort.Take();

    /// <summary>What it keeps; removed at the end.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("fairlead-server-").FullName;

    /// <summary>What it wrote, for failure output.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts it and waits until it serves.</summary>
    public async Task StartAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            var process = Launch();
            while (!process.HasExited)
            {
                if (await ServesAsync(deadline.Token)) return;
                deadline.Token.ThrowIfCancellationRequested();
            }

            // What its predecessor left may have to go first (shared memory, a port): that is a matter of moments.
            if (deadline.IsCancellationRequested) throw new TimeoutException($"{GetType().Name} does not start:\n{Output}");
            Forget();
        }
    }

    /// <summary>Kills it, as the end of its machine would.</summary>
    public virtual async Task KillAsync()
    {
        if (_process is not { } process) return;
        End(process);
        using var deadline = new CancellationTokenSource(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Forget();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a program to its end and returns what it wrote to standard output; fails with what it wrote when it fails.</summary>
    public static async Task<string> RunAsync(ProcessStartInfo start)
    {
        var (code, output, errors) = await TryRunAsync(start);
        code.ShouldBe(0, $"{start.FileName} {string.Join(' ', start.ArgumentList)}: {output}{errors}");
        return output;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> TryRunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
        using var process = Process.Start(start)!;
        Alive[process.Id] = process;
        try
        {
            using var deadline = new CancellationTokenSource(Deadline);
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            Alive.TryRemove(process.Id, out _);
            End(process);
        }
    }

    /// <summary>How it is started.</summary>
    protected abstract ProcessStartInfo Command();

    /// <summary>Whether it serves by now; a look costs the time of a connection.</summary>
    protected virtual async Task<bool> ServesAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            await Task.Yield();
            return false;
        }
    }

    /// <summary>A command that runs as a user without rights: some servers do not run as root.</summary>
    protected static ProcessStartInfo Unprivileged(string program, params IEnumerable<string> arguments) => Environment.UserName == "root"
        ? new ProcessStartInfo("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--", program, .. arguments])
        : new ProcessStartInfo(program, arguments);

    /// <summary>Gives a folder to the user of <see cref="Unprivileged"/>.</summary>
    protected static Task GiveAwayAsync(string folder) =>
        Environment.UserName == "root" ? RunAsync(new ProcessStartInfo("chown", ["-R", "nobody:nogroup", folder])) : Task.CompletedTask;

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // Ended meanwhile, which is what was wanted.
        }
    }

    private Process Launch()
    {
        var start = Command();
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Remember(line.Data);
        process.ErrorDataReceived += (_, line) => Remember(line.Data);
        process.Start();
        Alive[process.Id] = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return _process = process;
    }

    private void Forget()
    {
        Alive.TryRemove(_process!.Id, out _);
        _process.Dispose();
        _process = null;
    }

    private void Remember(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        if (_lines.Count > 500) _lines.TryDequeue(out _);
    }
}
