using System.Net.Sockets;
using System.Text;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>The program as a service of systemd: a socket in its place hears what the hub says.</summary>
public sealed class SystemdTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-notify-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_is_ready_when_its_listeners_are_bound_feeds_the_watchdog_tells_of_a_reload_and_of_its_end()
    {
        string path = Path.Combine(_folder.FullName, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        int port = FreePort.Take();
        await using var hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen = [$"mqtt://127.0.0.1:{port}"],
            Environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path, ["WATCHDOG_USEC"] = "400000" },
        });
        (await ReceiveAsync(socket)).ShouldBe("READY=1");
        using (var client = new TcpClient())
            await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        await UntilAsync(socket, "WATCHDOG=1");
        await UntilAsync(socket, "WATCHDOG=1");
        hub.Signal(1);
        (await UntilAsync(socket, "RELOADING=1")).ShouldContain("MONOTONIC_USEC=");
        await UntilAsync(socket, "READY=1");
        (await hub.StopAsync()).ShouldBe(0);
        await UntilAsync(socket, "STOPPING=1");
    }

    [Fact]
    public async Task The_unit_is_one_that_systemd_takes()
    {
        Requirements.NeedProgram("systemd-analyze");
        var cli = new Cli(_folder.FullName, new Dictionary<string, string>());
        // The program is not installed where the unit says: a stand-in is, in a root of its own.
        foreach (string unit in (string[])["fairlead.service", "fairlead-gateway.service"])
        {
            string root = Directory.CreateDirectory(Path.Combine(_folder.FullName, unit)).FullName;
            foreach (string folder in (string[])["usr/bin", "bin", "etc/systemd/system", "lib/systemd/system"]) Directory.CreateDirectory(Path.Combine(root, folder));
            File.Copy(Path.Combine(ProgramPath.Root, "deploy", unit), Path.Combine(root, "etc/systemd/system", unit));
            foreach (string program in (string[])["usr/bin/fairlead", "bin/kill"])
            {
                await File.WriteAllTextAsync(Path.Combine(root, program), "#!/bin/sh\n", TestContext.Current.CancellationToken);
                (await cli.RunProgramAsync("chmod", null, "755", Path.Combine(root, program))).ShouldBeDone();
            }

            var outcome = await cli.RunProgramAsync("systemd-analyze", null, "verify", $"--root={root}", "--man=no", "--recursive-errors=no", unit);
            outcome.Errors.Split('\n').Where(line => line.Contains(unit, StringComparison.Ordinal)).ShouldBeEmpty(outcome.Errors);
        }
    }

    private static Task<string> ReceiveAsync(Socket socket) => UntilAsync(socket, "");

    // One deadline for all of it: the watchdog is fed on and on while something else is awaited.
    private static async Task<string> UntilAsync(Socket socket, string wanted)
    {
        byte[] buffer = new byte[1024];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            string told = Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, deadline.Token));
            if (told.StartsWith(wanted, StringComparison.Ordinal)) return told;
        }
    }
}
