using System.Diagnostics;
using Fairlead.Shared;

namespace Fairlead.Interop.Amqp;

/// <summary>A foreign AMQP peer as a child process.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private PeerProcess(string program, params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public static PeerProcess Rhea(params string[] arguments)
    {
        Requirements.NeedNodePackage("rhea");
        Requirements.NeedNodePackage("azure-iot-amqp-base");
        return new PeerProcess("node", [Path.Combine(ProgramPath.Root, "tests", "Interop", "node", "rhea_peer.js"), .. arguments]);
    }

    public static PeerProcess Proton(params string[] arguments)
    {
        Requirements.NeedProton();
        return new PeerProcess(Requirements.Python, [Path.Combine(ProgramPath.Root, "tests", "Interop", "clients", "proton_peer.py"), .. arguments]);
    }

    /// <summary>The next line that the peer says.</summary>
    public async Task<string> ReadLineAsync()
    {
        using var timeout = new CancellationTokenSource(Deadline);
        return await _process.StandardOutput.ReadLineAsync(timeout.Token) ?? throw new InvalidOperationException($"the peer ended: {await _errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
