using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.Shared;

namespace Fairlead.Interop.Rules.Servers;

/// <summary>RabbitMQ of the distribution as a node of its own: own name, folders, cookie, ports and port mapper.</summary>
public sealed class RabbitServer : ForeignServer
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private readonly string _name = $"fairlead{Guid.NewGuid():N}@localhost";
    private readonly int _mapperPort = FreePort.Take();
    private readonly int _distributionPort = FreePort.Take();
    private Process? _mapper;

    /// <summary>URL for the hub, without a query.</summary>
    public string Url => $"amqp://guest:guest@127.0.0.1:{Port}/%2F";

    /// <param name="plugins">Plugins of the distribution to load.</param>
    public static async Task<RabbitServer> CreateAsync(params string[] plugins)
    {
        Requirements.NeedFile(Program, "rabbitmq-server");
        Requirements.NeedNodePackage("amqplib");
        var server = new RabbitServer();
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "rabbitmq.conf"), "log.console = true\nlog.console.level = info\nlog.file = false\n");
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "enabled_plugins"), $"[{string.Join(",", plugins)}].\n");
        await GiveAwayAsync(server.Folder);
        // Erlang would start a port mapper that outlives the node.
        var mapper = Unprivileged("epmd", "-port", server._mapperPort.ToString(CultureInfo.InvariantCulture), "-address", "127.0.0.1");
        mapper.UseShellExecute = false;
        server._mapper = Process.Start(mapper)!;
        await server.StartAsync();
        return server;
    }

    /// <summary>Makes a durable queue, bound to an exchange when one is given, which is made too.</summary>
    public Task DeclareAsync(string queue, string exchange = "", string routingKey = "") => RunAsync(Client("declare", queue, exchange, routingKey));

    /// <summary>Takes messages out of a queue until so many different ones have come; returns all that came.</summary>
    public async Task<IReadOnlyList<string>> DrainAsync(string queue, int different)
    {
        var lines = await RunAsync(Client("drain", queue, different.ToString(CultureInfo.InvariantCulture)));
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Encoding.UTF8.GetString(Convert.FromBase64String(line)))];
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_mapper is null) return;
        _mapper.Kill(entireProcessTree: true);
        await _mapper.WaitForExitAsync();
        _mapper.Dispose();
    }

    protected override ProcessStartInfo Command()
    {
        var start = Unprivileged(Program);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["HOME"] = Folder,
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_NODENAME"] = _name,
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = Port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_DIST_PORT"] = _distributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(Folder, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(Folder, "log"),
            ["RABBITMQ_GENERATED_CONFIG_DIR"] = Path.Combine(Folder, "generated"),
            ["RABBITMQ_SCHEMA_DIR"] = Path.Combine(Folder, "schema"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(Folder, "rabbitmq"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(Folder, "enabled_plugins"),
            ["RABBITMQ_PID_FILE"] = Path.Combine(Folder, "pid"),
            ["ERL_EPMD_PORT"] = _mapperPort.ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_CRASH_DUMP_BYTES"] = "0",
        })
        {
            start.Environment[name] = value;
        }

        return start;
    }

    // Its port opens late in its start; the greeting shows that it speaks.
    protected override async Task<bool> ServesAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            await socket.SendAsync("AMQP\0\0\u0009\u0001"u8.ToArray(), cancellationToken);
            return await socket.ReceiveAsync(new byte[64], cancellationToken) > 7;
        }
        catch (SocketException)
        {
            await Task.Yield();
            return false;
        }
    }

    private ProcessStartInfo Client(params string[] arguments) =>
        new("node", [Path.Combine(ProgramPath.Root, "tests", "Interop", "node", "amqp_client.js"), Url, .. arguments]);
}
