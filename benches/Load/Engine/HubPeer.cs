using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Amqp;

namespace Fairlead.Load.Engine;

// An AMQP connection to a hub of ours by one of its policies, on the threads of the library.
internal sealed class HubPeer : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private HubPeer(Socket socket, AmqpConnection connection, NetworkStream stream, AmqpSession session) =>
        (_socket, Connection, _stream, Session) = (socket, connection, stream, session);

    internal AmqpConnection Connection { get; }

    internal AmqpSession Session { get; }

    public async ValueTask DisposeAsync()
    {
        await Connection.CloseAsync();
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    internal static async Task<HubPeer> ConnectAsync(int port, string policy, string key)
    {
        var options = new AmqpOptions { ContainerId = "bench", HostName = "localhost", Credential = SaslCredential.Plain($"{policy}@sas.root.localhost", MakeToken(policy, key)) };
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = new NetworkStream(socket);
        AmqpConnection connection = await AmqpConnection.ConnectAsync(new Pipe(stream), options);
        return new HubPeer(socket, connection, stream, await connection.BeginAsync());
    }

    private static string MakeToken(string policy, string key)
    {
        const string Expiry = "4102444800";
        string signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes($"localhost\n{Expiry}")));
        return $"SharedAccessSignature sr=localhost&sig={Uri.EscapeDataString(signature)}&se={Expiry}&skn={policy}";
    }

    private sealed class Pipe(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream);

        public PipeWriter Output { get; } = PipeWriter.Create(stream);
    }
}
