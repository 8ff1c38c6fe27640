using System.Diagnostics;
using System.Globalization;

namespace Fairlead.Interop.Rules.Servers;

/// <summary>PostgreSQL of the distribution, with a cluster of its own; asked with <c>psql</c>.</summary>
public sealed class PostgresServer : ForeignServer
{
    private static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")).LastOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")))
        : null;

    /// <summary>Connection string for the hub.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=hub;Database=postgres;Timeout=5;Command Timeout=10";

    public static async Task<PostgresServer> CreateAsync()
    {
        Requirements.NeedFile(Programs is null ? null : Path.Combine(Programs, "postgres"), "postgresql");
        var server = new PostgresServer();
        await GiveAwayAsync(server.Folder);
        await RunAsync(Unprivileged(Path.Combine(Programs!, "initdb"), "-D", server.Data, "-A", "trust", "-U", "hub", "--no-sync", "--encoding=UTF8", "--locale=C"));
        await server.StartAsync();
        return server;
    }

    /// <summary>Runs SQL; rows as lines, columns apart by <c>|</c>.</summary>
    public async Task<string> QueryAsync(string sql) =>
        (await RunAsync(new ProcessStartInfo("psql", ["-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", "hub", "-d", "postgres", "-X", "-v", "ON_ERROR_STOP=1", "-Atc", sql]))).TrimEnd('\n');

    protected override ProcessStartInfo Command() => Unprivileged(
        Path.Combine(Programs!, "postgres"), "-D", Data, "-p", Port.ToString(CultureInfo.InvariantCulture), "-k", Folder, "-c", "listen_addresses=127.0.0.1",
        "-c", "fsync=off", "-c", "max_connections=40", "-c", "shared_buffers=16MB");

    // It takes connections before it takes queries.
    protected override async Task<bool> ServesAsync(CancellationToken cancellationToken) =>
        (await TryRunAsync(new ProcessStartInfo(Path.Combine(Programs!, "pg_isready"), ["-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-q"]))).Code == 0;

    private string Data => Path.Combine(Folder, "data");
}
