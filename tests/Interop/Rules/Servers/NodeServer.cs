using System.Diagnostics;
using System.Globalization;
using Fairlead.Shared;

namespace Fairlead.Interop.Rules.Servers;

/// <summary>A server from npm, or a small one of these tests, run by Node.js.</summary>
public sealed class NodeServer : ForeignServer
{
    private readonly Func<NodeServer, IEnumerable<string>> _arguments;

    private NodeServer(Func<NodeServer, IEnumerable<string>> arguments) => _arguments = arguments;

    /// <summary>Its URL.</summary>
    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>s3rver: the API of S3 over a folder; signed with S3RVER, S3RVER.</summary>
    /// <param name="bucket">Bucket that it has.</param>
    public static Task<NodeServer> S3Async(string bucket) => StartAsync("s3rver", server =>
        [Module("s3rver", "bin/s3rver.js"), "-d", server.Folder, "-a", "127.0.0.1", "-p", server.PortText, "--configure-bucket", bucket, "--silent"]);

    /// <summary>dynalite: the API of DynamoDB over a folder.</summary>
    public static Task<NodeServer> DynamoAsync() => StartAsync("dynalite", server =>
        [Module("dynalite", "cli.js"), "--host", "127.0.0.1", "--port", server.PortText, "--path", Path.Combine(server.Folder, "data"), "--createTableMs", "0"]);

    /// <summary>sqslite: the query protocol of SQS, in memory.</summary>
    public static Task<NodeServer> SqsAsync() => StartAsync("sqslite", server => [Module("sqslite", "bin/cli.js"), "--host", "127.0.0.1", "--port", server.PortText]);

    /// <summary>An HTTP server that writes each body as a line to <see cref="Bodies"/> before it answers; confirms destinations by itself.</summary>
    public static Task<NodeServer> SinkAsync() => StartAsync(null, server => [Script("http_sink.js"), server.PortText, server.Bodies]);

    /// <summary>Bodies that the sink took, one a line.</summary>
    public string Bodies => Path.Combine(Folder, "bodies");

    protected override ProcessStartInfo Command() => new("node", _arguments(this));

    private string PortText => Port.ToString(CultureInfo.InvariantCulture);

    private static async Task<NodeServer> StartAsync(string? package, Func<NodeServer, IEnumerable<string>> arguments)
    {
        Requirements.NeedNodePackage(package);
        var server = new NodeServer(arguments);
        await server.StartAsync();
        return server;
    }

    private static string Script(string name) => Path.Combine(ProgramPath.Root, "tests", "Interop", "node", name);

    private static string Module(string package, string file) => Script(Path.Combine("node_modules", package, file));
}
