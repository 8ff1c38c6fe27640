using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Logging;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Local;

/// <summary>A local broker inside the connector, for devices without Mosquitto: plain MQTT on one address.</summary>
internal sealed class EmbeddedBroker : IAsyncDisposable
{
    private static readonly PipeOptions Pipes = new(pauseWriterThreshold: 256 * 1024, resumeWriterThreshold: 128 * 1024, useSynchronizationContext: false);

    private readonly MqttBroker _broker;
    private readonly LocalOptions _local;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Makes a broker; <see cref="StartAsync"/> starts it.</summary>
    public EmbeddedBroker(LocalOptions local, TimeProvider time, ILoggerFactory loggers)
    {
        _local = local;
        _log = loggers.CreateLogger("local");
        var access = new EmbeddedAccess(local);
        // A delivery that waits must not be dropped: its publisher was told nothing yet, so that the bound is the window of each publisher.
        var options = new BrokerOptions { SystemTopicInterval = TimeSpan.Zero, ReceiveMaximum = 256, MaximumInflight = ushort.MaxValue };
        _broker = new MqttBroker(options, new EmbeddedStore(local.IntakeClientId), access, access, time, loggers.CreateLogger<MqttBroker>());
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint? EndPoint { get; private set; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var address = IPAddress.TryParse(_local.EmbeddedHost, out var literal)
            ? literal
            : (await Dns.GetHostAddressesAsync(_local.EmbeddedHost, cancellationToken))[0];
        _broker.Start();
        _listener = new TcpListener(address, _local.EmbeddedPort);
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _log.EmbeddedListens(EndPoint.ToString());
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Opens a connection from inside the process.</summary>
    public ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var toBroker = new Pipe(Pipes);
        var fromBroker = new Pipe(Pipes);
        Serve(
            new DuplexPipe(toBroker.Reader, fromBroker.Writer),
            new TransportInfo { Listener = EmbeddedAccess.Inside, Protocol = EmbeddedAccess.Inside, IsLoopback = true, Abort = _ => fromBroker.Writer.Complete() },
            null);
        return ValueTask.FromResult<Stream>(new DuplexStream(fromBroker.Reader, toBroker.Writer, leaveOpen: false));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener?.Stop();
        await _broker.StopAsync(CancellationToken.None);
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        await _broker.DisposeAsync();
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                var stream = new NetworkStream(socket, ownsSocket: true);
                Serve(
                    new DuplexPipe(PipeReader.Create(stream), PipeWriter.Create(stream)),
                    new TransportInfo
                    {
                        Listener = $"mqtt://{EndPoint}",
                        Protocol = "mqtt",
                        RemoteEndPoint = socket.RemoteEndPoint,
                        LocalEndPoint = socket.LocalEndPoint,
                        Abort = _ => socket.Dispose(),
                    },
                    stream);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (_stop.IsCancellationRequested || listener.Server.IsBound == false)
            {
                return;
            }
            catch (SocketException exception)
            {
                // Out of file descriptors, or a peer that was gone before it was accepted.
                _log.LoopFailed(exception);
            }
        }
    }

    private void Serve(DuplexPipe pipe, TransportInfo info, Stream? stream)
    {
        var task = RunAsync(pipe, info, stream);
        _connections[task] = 0;
        _ = task.ContinueWith(ended => _connections.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task RunAsync(DuplexPipe pipe, TransportInfo info, Stream? stream)
    {
        await Task.Yield();
        await _broker.RunConnectionAsync(pipe, info, _stop.Token);
        await pipe.Input.CompleteAsync();
        try
        {
            await pipe.Output.CompleteAsync();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The peer is gone with its last bytes unread.
        }

        if (stream is not null) await stream.DisposeAsync();
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
