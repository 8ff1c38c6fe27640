using System.Buffers;
using System.IO.Pipelines;
using Fairlead.Client.Mqtt.Transports;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>One network connection from CONNECT to its end: a read loop, a write pump and the Keep Alive.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "The token source has no timer, and it may be cancelled after the connection has ended")]
internal sealed class ClientConnection
{
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(1);

    private readonly MqttClientOptions _options;
    private readonly ClientSession _session;
    private readonly string _server;
    private readonly Stream _stream;
    private readonly PipeReader _reader;
    private readonly PacketOutput _output;
    private readonly PacketReceiver _receiver;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _readEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MqttException? _failure;
    private long _lastReceived;
    private volatile bool _closing;
    private volatile bool _paused;

    private ClientConnection(MqttClientOptions options, ClientSession session, string server, Stream stream)
    {
        _options = options;
        _session = session;
        _server = server;
        _stream = stream;
        _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, minimumReadSize: 16 * 1024, leaveOpen: true));
        _output = new PacketOutput(options.Time, options.PublishQueueByteLimit);
        _receiver = new PacketReceiver(session, options, server);
        _lastReceived = options.Time.GetTimestamp();
    }

    /// <summary>The Server's answer to CONNECT.</summary>
    public ConnAckPacket ConnAck { get; private set; } = new();

    /// <summary>Ends when the connection is over, with the reason; null when this side closed it.</summary>
    public Task<MqttException?> Completion { get; private set; } = Task.FromResult<MqttException?>(null);

    /// <summary>Opens the transport and connects; every failure but cancellation is an <see cref="MqttException"/>.</summary>
    public static async Task<ClientConnection> OpenAsync(
        MqttClientOptions options,
        ClientSession session,
        ConnectPacket connect,
        CancellationToken cancellationToken)
    {
        var address = ServerAddress.From(options.Server);
        string server = address.ToString();
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        string missing = "the host does not answer";
        Stream? stream = null;
        try
        {
            stream = await TransportConnector.OpenAsync(options, address, either.Token);
            missing = "the server accepted the connection but did not answer CONNECT";
            var connection = new ClientConnection(options, session, server, stream);
            await connection.HandshakeAsync(connect, either.Token);
            stream = null;
            return connection;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MqttException(
                MqttFailure.Timeout,
                $"cannot connect to {server}",
                $"{missing} within {options.ConnectTimeout.TotalSeconds:0.###} s",
                "Check address, port and any firewall, and that it is an MQTT port (TLS ports need mqtts://)");
        }
        catch (Exception exception) when (exception is not (MqttException or OperationCanceledException))
        {
            throw stream is null
                ? new MqttException(
                    MqttFailure.Unreachable,
                    $"cannot connect to {server}",
                    exception.Message.ReplaceLineEndings(" ").TrimEnd('.'),
                    "Check the address and the network",
                    innerException: exception)
                : ClosedEarly(server, exception);
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync();
        }
    }

    /// <summary>Starts to read, write and keep alive; the tasks are the subscriptions made again.</summary>
    public IReadOnlyList<Task> Start()
    {
        var subscriptions = _session.Attach(_output, ConnAck);
        Completion = RunAsync();
        return subscriptions;
    }

    /// <summary>Says DISCONNECT, waits a moment for the Server to close, and closes.</summary>
    /// <returns>What the Server said against it at the last moment, such as that a QoS 0 publication was not allowed; else null.</returns>
    public async Task<MqttException?> CloseAsync(DisconnectPacket goodbye)
    {
        lock (_session.Gate)
        {
            if (_closing || _session.Output != _output)
                return null;
            _closing = true;
            _session.Silence();
            PacketWriter.Write(_output.Writer, _options.Version, goodbye);
            _output.Flush();
            _output.Complete();
        }

        // The Server closes after DISCONNECT; closing first could reset the connection and lose what is still on its way there.
        await Task.WhenAny(_readEnded.Task, Task.Delay(CloseGrace, _options.Time));
        await _stop.CancelAsync();
        await Completion;
        return Volatile.Read(ref _failure) is { FromServer: true, ReasonCode: >= ReasonCode.UnspecifiedError } protest ? protest : null;
    }

    private async Task HandshakeAsync(ConnectPacket connect, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        PacketWriter.Write(bytes, connect);
        await _stream.WriteAsync(bytes.WrittenMemory, cancellationToken);
        await _stream.FlushAsync(cancellationToken);
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            var status = FrameReader.TryRead(result.Buffer, _options.MaximumPacketSize, out var header, out var error);
            if (status == DecodeStatus.Failed)
                throw Failures.NotMqtt(_server, result.Buffer.Slice(0, Math.Min(5, result.Buffer.Length)).ToArray(), error);
            if (status == DecodeStatus.Complete)
            {
                ReadConnAck(header, result.Buffer.Slice(header.HeaderLength, header.BodyLength).ToArray());
                _reader.AdvanceTo(result.Buffer.GetPosition(header.TotalLength));
                return;
            }

            _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
                throw ClosedEarly(_server, null);
        }
    }

    private void ReadConnAck(FrameHeader header, byte[] body)
    {
        var version = _options.Version;
        if (header.Type == PacketType.Disconnect && PacketReader.TryReadDisconnect(header, body, version, out var disconnect, out _))
            throw Failures.DisconnectedByServer(_server, disconnect!);
        if (header.Type == PacketType.Auth)
        {
            throw new MqttException(
                MqttFailure.Refused,
                $"cannot connect to {_server}",
                "it asks for an exchange of AUTH packets, which this client does not have",
                "Use user name and password or a client certificate",
                ReasonCode.BadAuthenticationMethod);
        }

        if (header.Type != PacketType.ConnAck)
        {
            string reason = $"{header.Type.ToString().ToUpperInvariant()} instead of CONNACK";
            throw Failures.Protocol(_server, new DecodeError(ReasonCode.ProtocolError, reason, "MQTT-3.2.0-1"));
        }

        // A server that knows only 3.x answers a CONNECT of version 5 in the form of 3.x.
        if (version == ProtocolVersion.V5 && body.Length == 2)
            version = ProtocolVersion.V311;
        if (!PacketReader.TryReadConnAck(header, body, version, out var connAck, out var error))
            throw Failures.Protocol(_server, error);
        if (connAck!.ReasonCode >= ReasonCode.UnspecifiedError)
            throw Failures.ConnectRefused(_server, connAck);
        ConnAck = connAck;
    }

    private async Task<MqttException?> RunAsync()
    {
        var pump = PumpAsync();
        var read = ReadAsync();
        var keepAlive = KeepAliveAsync();
        await Task.WhenAll(pump, read, keepAlive);
        await _reader.CompleteAsync();
        await _stream.DisposeAsync();
        var failure = Volatile.Read(ref _failure);
        _session.Detach(failure ?? Failures.Disposed("the request was not answered"));
        return _closing ? null : failure;
    }

    private async Task PumpAsync()
    {
        try
        {
            await _output.PumpAsync(_stream, _session.Gate, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The connection is being closed.
        }
        catch (Exception exception)
        {
            Fail(Failures.Broken(_server, exception.Message.ReplaceLineEndings(" ").TrimEnd('.'), exception));
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await ReadPacketsAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The connection is being closed.
        }
        catch (IOException exception)
        {
            Fail(Failures.Broken(_server, exception.Message.ReplaceLineEndings(" ").TrimEnd('.'), exception));
        }
        catch (Exception exception)
        {
            // On a framed stream there is no going on after the unknown.
            Fail(Failures.Broken(_server, $"{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}", exception));
        }
        finally
        {
            _readEnded.TrySetResult();
        }
    }

    private async Task ReadPacketsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            Volatile.Write(ref _lastReceived, _options.Time.GetTimestamp());
            var rest = result.Buffer;
            while (ReadPacket(ref rest, out var failure))
            {
                if (failure is not null)
                {
                    await RefuseAsync(failure);
                    return;
                }

                if (_closing)
                    continue;
                while (!_receiver.TryDeliver(out var room))
                {
                    FlushAcknowledgments();
                    _paused = true;
                    await room.WaitAsync(cancellationToken);
                    _paused = false;
                }
            }

            _reader.AdvanceTo(rest.Start, rest.End);
            FlushAcknowledgments();
            if (result.IsCompleted)
            {
                Fail(Failures.Broken(_server, "the server closed it without saying why"));
                return;
            }
        }
    }

    private bool ReadPacket(ref ReadOnlySequence<byte> rest, out MqttException? failure)
    {
        failure = null;
        var status = FrameReader.TryRead(rest, _options.MaximumPacketSize, out var header, out var error);
        if (status == DecodeStatus.Incomplete)
            return false;
        if (status == DecodeStatus.Failed)
        {
            failure = Failures.Protocol(_server, error);
            return true;
        }

        var body = rest.Slice(header.HeaderLength, header.BodyLength);
        if (body.IsSingleSegment)
        {
            failure = _receiver.OnPacket(header, body.FirstSpan);
        }
        else
        {
            byte[] contiguous = ArrayPool<byte>.Shared.Rent(header.BodyLength);
            body.CopyTo(contiguous);
            failure = _receiver.OnPacket(header, contiguous.AsSpan(0, header.BodyLength));
            ArrayPool<byte>.Shared.Return(contiguous);
        }

        rest = rest.Slice(header.TotalLength);
        return true;
    }

    private void FlushAcknowledgments()
    {
        if (!_receiver.WantsFlush)
            return;
        _receiver.WantsFlush = false;
        lock (_session.Gate)
        {
            if (!_closing)
                _output.Flush();
        }
    }

    /// <summary>Tells a version 5 Server what was wrong before the connection ends [MQTT-4.13.1-1].</summary>
    private async Task RefuseAsync(MqttException failure)
    {
        Task sent = Task.CompletedTask;
        lock (_session.Gate)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
            bool tell = !_closing && _options.Version == ProtocolVersion.V5 && !failure.FromServer;
            _session.Silence();
            if (tell)
            {
                PacketWriter.Write(_output.Writer, _options.Version, new DisconnectPacket { ReasonCode = failure.ReasonCode });
                _output.Flush();
                sent = _output.WhenSentAsync();
            }
        }

        await Task.WhenAny(sent, Task.Delay(CloseGrace, _options.Time, _stop.Token));
        Fail(failure);
    }

    private async Task KeepAliveAsync()
    {
        var interval = ConnAck.ServerKeepAlive is { } seconds ? TimeSpan.FromSeconds(seconds) : _options.KeepAlive;
        if (interval <= TimeSpan.Zero)
            return;
        interval *= 0.9; // A timer may be late; the Server must hear of us within the whole interval [MQTT-3.1.2-20].
        try
        {
            while (true)
            {
                long quietSince = Math.Min(_output.LastSent, Volatile.Read(ref _lastReceived));
                var left = interval - _options.Time.GetElapsedTime(quietSince);
                if (left > TimeSpan.Zero)
                {
                    await Task.Delay(left, _options.Time, _stop.Token);
                    continue;
                }

                await PingAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The connection is being closed.
        }
    }

    private async Task PingAsync()
    {
        long asked = _options.Time.GetTimestamp();
        lock (_session.Gate)
        {
            if (_closing)
                return;
            PacketWriter.WritePingReq(_output.Writer);
            _output.Flush();
        }

        await Task.Delay(_options.PingTimeout, _options.Time, _stop.Token);
        if (Volatile.Read(ref _lastReceived) < asked && !_paused)
            Fail(Failures.Broken(_server, $"no answer to PINGREQ within {_options.PingTimeout.TotalSeconds:0.###} s"));
    }

    private void Fail(MqttException failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        if (!_stop.IsCancellationRequested)
            _ = _stop.CancelAsync();
    }

    private static MqttException ClosedEarly(string server, Exception? cause) => new(
        MqttFailure.Closed,
        $"cannot connect to {server}",
        "the server closed the connection after CONNECT without an answer",
        "Check that the port matches the URL (a TLS port needs mqtts://), whether a client certificate is needed, and the server's log",
        innerException: cause);
}
