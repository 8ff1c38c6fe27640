using System.Net;
using System.Net.Sockets;
using Fairlead.Load.Engine;

namespace Fairlead.Load.Brokers;

// A cable between the edge connector and its hub that can be pulled and plugged in: a port that is closed, or hands bytes on.
internal sealed class LinkSwitch : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly List<Socket> _open = [];
    private Socket? _listener;
    private long _acceptedAt;

    internal int Port { get; } = Target.FindFreePort();

    // When the first connection after the last Restore came, on the clock of the loops.
    internal long AcceptedAt => Interlocked.Read(ref _acceptedAt);

    public void Dispose() => Cut();

    // From here on connections get through.
    internal void Restore(int target)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        Interlocked.Exchange(ref _acceptedAt, 0);
        lock (_lock)
            _listener = listener;
        listener.Listen();
        Run(() => Accept(listener, target));
    }

    // All connections are reset, and new ones refused.
    internal void Cut()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
            foreach (Socket socket in _open)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }

            _open.Clear();
        }
    }

    private static void Run(Action work) => new Thread(() => Guard(work)) { IsBackground = true }.Start();

    private static void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private void Accept(Socket listener, int target)
    {
        while (true)
        {
            Socket client = listener.Accept();
            Interlocked.CompareExchange(ref _acceptedAt, EventLoop.ReadClock(), 0);
            var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            server.Connect(IPAddress.Loopback, target);
            client.NoDelay = server.NoDelay = true;
            lock (_lock)
                _open.AddRange([client, server]);
            Run(() => Copy(client, server));
            Run(() => Copy(server, client));
        }
    }

    private static void Copy(Socket from, Socket to)
    {
        byte[] buffer = new byte[BufferBytes];
        while (from.Receive(buffer) is > 0 and int length)
            to.Send(buffer.AsSpan(0, length));
        to.Shutdown(SocketShutdown.Send);
    }
}
