using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>Makes the connection, makes it again when it is lost, and tells what state that leaves the client in.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "The token source has no timer, and it may be looked at after the client has ended")]
internal sealed class ConnectionSupervisor(MqttClientOptions options, ClientSession session, Action<ConnectionStateChange> raise)
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private ClientConnection? _connection;
    private Task _supervision = Task.CompletedTask;
    private ConnectionState _state = ConnectionState.Disconnected;
    private bool _leaving;
    private MqttException? _lastWord;

    /// <summary>Client Identifier: the one of the settings, or the one the Server assigned.</summary>
    public string ClientId { get; private set; } = options.ClientId;

    public ConnectionState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    public async Task<ConnAckPacket> ConnectAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_state != ConnectionState.Disconnected)
            {
                throw Failures.Invalid(
                    $"cannot connect to {options.Server}",
                    $"the client is already {_state.ToString().ToLowerInvariant()}",
                    "Connect once; a lost connection is made again by itself");
            }

            _state = ConnectionState.Connecting;
        }

        raise(new ConnectionStateChange(ConnectionState.Connecting));
        session.Received.Reopen();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        try
        {
            var connection = options.Reconnect is { RetryFirstConnect: true } reconnect
                ? await ConnectWithRetriesAsync(reconnect, new ReconnectDelay(reconnect, options.Random), null, first: true, either.Token)
                : await OpenAsync(first: true, either.Token);
            _supervision = SuperviseAsync(connection);
            return connection.ConnAck;
        }
        catch (Exception exception)
        {
            Change(new ConnectionStateChange(ConnectionState.Disconnected, exception as MqttException));
            throw;
        }
    }

    public async Task DisconnectAsync(DisconnectPacket packet)
    {
        ClientConnection? connection;
        lock (_gate)
        {
            _leaving = true;
            connection = _connection;
        }

        await _end.CancelAsync();
        var protest = connection is null ? null : await connection.CloseAsync(packet);
        await _supervision;
        protest ??= _lastWord;
        lock (_gate)
        {
            if (_state == ConnectionState.Closed)
                return;
            _state = ConnectionState.Closed;
        }

        raise(new ConnectionStateChange(ConnectionState.Closed, protest));
        session.End(Failures.Disposed("the publication was not acknowledged"), isError: false);
    }

    private async Task SuperviseAsync(ClientConnection connection)
    {
        var reconnect = options.Reconnect;
        var delay = reconnect is null ? null : new ReconnectDelay(reconnect, options.Random);
        while (true)
        {
            long since = options.Time.GetTimestamp();
            var error = await connection.Completion;
            lock (_gate)
                _connection = null;
            if (_leaving || error is null)
            {
                // The Server's last word may have come just before we left: it is heard all the same.
                if (error is { FromServer: true }) _lastWord = error;
                return;
            }

            if (reconnect is null)
            {
                End(error);
                return;
            }

            if (options.Time.GetElapsedTime(since) >= reconnect.StableAfter)
                delay!.Reset();
            try
            {
                connection = await ConnectWithRetriesAsync(reconnect, delay!, error, first: false, _end.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (MqttException final)
            {
                End(final);
                return;
            }
        }
    }

    /// <summary>Tries until a connection stands, the attempts are used up, or the Server says to stay away.</summary>
    private async Task<ClientConnection> ConnectWithRetriesAsync(
        ReconnectOptions reconnect,
        ReconnectDelay delay,
        MqttException? error,
        bool first,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            if (error is not null)
            {
                if (delay.IsExhausted || (error.FromServer && reconnect.StopOn.Contains(error.ReasonCode)))
                    throw error;
                var wait = delay.Next();
                Change(new ConnectionStateChange(ConnectionState.Reconnecting, error, delay.Attempts, wait));
                await Task.Delay(wait, options.Time, cancellationToken);
            }

            try
            {
                return await OpenAsync(first, cancellationToken);
            }
            catch (MqttException again) when (again.Failure != MqttFailure.Invalid && !(first && again.Failure == MqttFailure.Settings))
            {
                error = again;
            }
        }
    }

    private async Task<ClientConnection> OpenAsync(bool first, CancellationToken cancellationToken)
    {
        var connection = await ClientConnection.OpenAsync(options, session, CreateConnect(first), cancellationToken);
        if (connection.ConnAck.AssignedClientIdentifier is { } assigned)
            ClientId = assigned;
        var subscriptions = connection.Start();
        bool leaving;
        lock (_gate)
        {
            leaving = _leaving;
            if (!leaving)
                _connection = connection;
        }

        if (leaving)
        {
            await connection.CloseAsync(new DisconnectPacket());
            throw new OperationCanceledException(cancellationToken);
        }

        Change(new ConnectionStateChange(ConnectionState.Connected, SessionPresent: connection.ConnAck.SessionPresent));
        foreach (var subscription in subscriptions)
            _ = ReportAsync(subscription);
        return connection;
    }

    /// <summary>A subscription that could not be made again is told by a state event: nobody waits for it.</summary>
    private async Task ReportAsync(Task subscription)
    {
        try
        {
            await subscription;
        }
        catch (MqttException exception) when (exception.Failure == MqttFailure.Refused)
        {
            raise(new ConnectionStateChange(ConnectionState.Connected, exception));
        }
        catch (MqttException)
        {
            // The connection is gone again; the next one asks again.
        }
    }

    private ConnectPacket CreateConnect(bool first)
    {
        // In version 5 a clean start would throw away the Session that a reconnect is to resume; in 3.x the flag also says how long the Session lives.
        bool resume = !first && options.Version == ProtocolVersion.V5 && options.SessionExpiryInterval > 0;
        return new ConnectPacket
        {
            Version = options.Version,
            ClientId = ClientId,
            CleanStart = options.CleanStart && !resume,
            KeepAlive = (ushort)Math.Clamp(Math.Ceiling(options.KeepAlive.TotalSeconds), 0, ushort.MaxValue),
            UserName = options.UserName,
            Password = options.Password,
            Will = options.Will,
            SessionExpiryInterval = options.SessionExpiryInterval == 0 ? null : options.SessionExpiryInterval,
            ReceiveMaximum = options.ReceiveMaximum,
            MaximumPacketSize = (uint)options.MaximumPacketSize,
            TopicAliasMaximum = options.TopicAliasMaximum,
            RequestResponseInformation = options.RequestResponseInformation,
            RequestProblemInformation = options.RequestProblemInformation,
            AuthenticationMethod = options.AuthenticationMethod,
            AuthenticationData = options.AuthenticationData,
            UserProperties = options.UserProperties,
        };
    }

    private void End(MqttException error)
    {
        // The state first: a publication accepted after it would never end.
        Change(new ConnectionStateChange(ConnectionState.Disconnected, error));
        session.End(error, isError: true);
    }

    private void Change(ConnectionStateChange change)
    {
        lock (_gate)
        {
            if (_state == ConnectionState.Closed)
                return;
            _state = change.State;
        }

        raise(change);
    }
}
