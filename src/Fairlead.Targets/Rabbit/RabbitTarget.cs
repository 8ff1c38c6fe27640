using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fairlead.Targets.Rabbit;

/// <summary>
/// A queue or an exchange of RabbitMQ. One connection with one channel in confirm mode, opened with the first message and again with the first
/// one after it was lost. A message is done when the broker has confirmed it; one that no queue takes is returned and counts as failed.
/// </summary>
internal sealed class RabbitTarget : IAsyncDisposable
{
    private readonly TargetAddress _address;
    private readonly ConnectionFactory _factory;
    private readonly string _exchange;
    private readonly string? _declared;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>Takes the address; nothing is connected.</summary>
    /// <param name="address">Where RabbitMQ is, and which exchange.</param>
    /// <param name="isQueue">Whether messages go to one queue by its name.</param>
    /// <param name="log">Log.</param>
    public RabbitTarget(TargetAddress address, bool isQueue, ILogger log)
    {
        _address = address;
        _log = log;
        _exchange = isQueue ? "" : address.Text("exchange", address.Name);
        Queue = isQueue ? address.Text("queue", address.Name) : "";
        _declared = isQueue && address.Flag("declare") ? Queue : null;
        _factory = new ConnectionFactory
        {
            Uri = new Uri(address.Url),
            ClientProvidedName = $"fairlead {address.Name}",
            // A try that fails is tried again by the engine; a recovery behind its back would only blur what became of it.
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedConnectionTimeout = TimeSpan.FromSeconds(5),
            ContinuationTimeout = TimeSpan.FromSeconds(5),
            HandshakeContinuationTimeout = TimeSpan.FromSeconds(5),
            RequestedHeartbeat = TimeSpan.FromSeconds(10),
        };
    }

    /// <summary>Queue that messages go to; empty for an exchange.</summary>
    public string Queue { get; }

    /// <summary>What and where it is, for people.</summary>
    public string Place => Queue.Length > 0 ? $"queue {Queue} of RabbitMQ at {_address.Place}" : $"exchange {_exchange} of RabbitMQ at {_address.Place}";

    /// <summary>Publishes messages and waits for their confirmations.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="cancellationToken">Ends the try; the only way in which this throws.</param>
    /// <returns>For each message why it is not confirmed; null when it is.</returns>
    public async ValueTask<string?[]> PublishAsync(IReadOnlyList<RabbitMessage> messages, CancellationToken cancellationToken)
    {
        var problems = new string?[messages.Count];
        var confirmations = new Task[messages.Count];
        // The channel takes one publisher at a time; confirmations are waited for together.
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var channel = await OpenAsync(cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < messages.Count; i++) confirmations[i] = PublishAsync(channel, messages[i], cancellationToken);
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            Array.Fill(problems, Reason(exception));
            return problems;
        }
        finally
        {
            _gate.Release();
        }

        for (var i = 0; i < confirmations.Length; i++) problems[i] = await ConfirmedAsync(confirmations[i]).ConfigureAwait(false);
        return problems;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private Task PublishAsync(IChannel channel, RabbitMessage message, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent,
            ContentType = message.IsJson ? "application/json" : "application/octet-stream",
            MessageId = message.MessageId,
            AppId = "fairlead",
        };
        var key = Queue.Length > 0 ? Queue : _address.Text("routingKey", message.RoutingKey);
        return channel.BasicPublishAsync(_exchange, key, mandatory: true, properties, message.Body, cancellationToken).AsTask();
    }

    private static async ValueTask<string?> ConfirmedAsync(Task confirmation)
    {
        try
        {
            await confirmation.ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            return Reason(exception);
        }
    }

    private async ValueTask<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true }) return _channel;
        await CloseAsync().ConfigureAwait(false);
        _connection = await _factory.CreateConnectionAsync(cancellationToken).ConfigureAwait(false);
        var options = new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);
        var channel = await _connection.CreateChannelAsync(options, cancellationToken).ConfigureAwait(false);
        if (_declared is not null)
            await channel.QueueDeclareAsync(_declared, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
        _log.TargetConnected(Place);
        return _channel = channel;
    }

    private async ValueTask CloseAsync()
    {
        var (channel, connection) = (_channel, _connection);
        (_channel, _connection) = (null, null);
        try
        {
            if (channel is not null) await channel.DisposeAsync().ConfigureAwait(false);
            if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            // It was lost before it could be closed, which comes to the same.
            _log.TargetCloseFailed(Place, exception.Message);
        }
    }

    private static string Reason(Exception exception) => exception switch
    {
        PublishReturnException returned => $"no queue takes it ({returned.ReplyText})",
        PublishException => "the broker refused it",
        OperationInterruptedException { ShutdownReason: { } reason } => reason.ReplyText,
        BrokerUnreachableException { InnerException: { } inner } => inner.InnerException?.Message ?? inner.Message,
        _ => exception.Message,
    };
}
