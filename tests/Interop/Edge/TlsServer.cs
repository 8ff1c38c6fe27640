using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary><c>openssl s_server</c>: a peer that speaks the versions of TLS that it is told to, and tells what the client sent.</summary>
public sealed class TlsServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private TlsServer(int port, Process process) => (Port, _process) = (port, process);

    public int Port { get; }

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts one with the certificate of a test broker, and checks that a client of its own kind gets in.</summary>
    /// <param name="broker">Whose certificate it shows.</param>
    /// <param name="version">Option of openssl, such as <c>-tls1_1</c>.</param>
    /// <param name="options">Further options.</param>
    public static async Task<TlsServer> StartAsync(LocalBroker broker, string version, params string[] options)
    {
        Requirements.NeedProgram("openssl");
        int port = FreePort.Take();
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        // The lowest security level: old versions use what newer libraries have switched off.
        var server = new TlsServer(port, Start([
            "s_server", "-accept", address, "-cert", broker.Certificate("server"), "-key", broker.Key("server"), version, "-cipher", "ALL:@SECLEVEL=0", .. options,
        ]));
        _ = server.ReadAsync(server._process.StandardOutput);
        _ = server.ReadAsync(server._process.StandardError);
        await server.UntilAsync("ACCEPT");
        using var client = Start(["s_client", "-connect", address, version, "-cipher", "ALL:@SECLEVEL=0", "-brief"]);
        client.StandardInput.Close();
        string told = await client.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        told.ShouldContain("CONNECTION ESTABLISHED", Case.Sensitive, "the server should take a client of its own version");
        await client.WaitForExitAsync(TestContext.Current.CancellationToken);
        lock (server._output) server._output.Clear();
        return server;
    }

    /// <summary>Waits until it has said something.</summary>
    public async Task UntilAsync(string text)
    {
        using var deadline = new CancellationTokenSource(EdgeRun.Patience);
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (deadline.IsCancellationRequested) Assert.Fail($"openssl should say '{text}':\n{Output}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Start(string[] arguments) => Process.Start(new ProcessStartInfo("openssl", arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;

    private async Task ReadAsync(StreamReader from)
    {
        var buffer = new char[1024];
        while (await from.ReadAsync(buffer) is > 0 and int count)
        {
            lock (_output) _output.Append(buffer, 0, count);
        }
    }
}
