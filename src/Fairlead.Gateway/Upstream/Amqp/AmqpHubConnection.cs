using System.Globalization;
using Fairlead.Amqp;

namespace Fairlead.Gateway.Upstream.Amqp;

/// <summary>
/// A connection to a hub: one session for the links of all its devices, as Node's SDK and raw clients have it (spec section 2.10, shape i): a
/// session for each device would cost both sides more than its links do.
/// </summary>
internal sealed class AmqpHubConnection : IHubConnection
{
    private readonly AmqpConnection _connection;
    private readonly AmqpSession _session;
    private readonly CbsClient _cbs;
    private readonly TimeProvider _time;
    private int _lastLink;

    private AmqpHubConnection(AmqpConnection connection, AmqpSession session, CbsClient cbs, TimeProvider time)
    {
        (_connection, _session, _cbs, _time) = (connection, session, cbs, time);
        Ended = WatchAsync();
    }

    /// <inheritdoc/>
    public Task<HubFault> Ended { get; }

    /// <summary>Begins the session and attaches the links of claims-based security.</summary>
    /// <exception cref="AmqpException">The hub refuses.</exception>
    public static async Task<AmqpHubConnection> OpenAsync(AmqpConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = await connection.BeginAsync(cancellationToken);
        var cbs = await CbsClient.OpenAsync(session, cancellationToken);
        return new AmqpHubConnection(connection, session, cbs, time);
    }

    /// <inheritdoc/>
    public Task<HubFault?> PutTokenAsync(string audience, string token, CancellationToken cancellationToken) => _cbs.PutTokenAsync(audience, token, cancellationToken);

    /// <inheritdoc/>
    public Task<HubResult<ITelemetryLink>> OpenTelemetryAsync(string deviceId, ITelemetryEvents events, CancellationToken cancellationToken) =>
        Try<ITelemetryLink>(async () => await AmqpTelemetryLink.OpenAsync(_session, Name("d2c"), deviceId, events, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<HubResult<ICloudMessageLink>> OpenCloudMessagesAsync(
        string deviceId, Action<CloudMessage> onMessage, Action<HubFault> onDetached, CancellationToken cancellationToken) =>
        Try<ICloudMessageLink>(async () => await AmqpCloudMessageLink.OpenAsync(_session, Name("c2d"), deviceId, onMessage, onDetached, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<HubResult<IMethodLink>> OpenMethodsAsync(
        string deviceId, Action<MethodCall> onCall, Action<HubFault> onDetached, CancellationToken cancellationToken) =>
        Try<IMethodLink>(async () => await AmqpMethodLink.OpenAsync(_session, Name("methods"), deviceId, onCall, onDetached, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<HubResult<ITwinLink>> OpenTwinAsync(
        string deviceId, Action<ReadOnlyMemory<byte>> onDesired, Action<HubFault> onDetached, CancellationToken cancellationToken) =>
        Try<ITwinLink>(async () => await AmqpTwinLink.OpenAsync(_session, Name("twin"), deviceId, onDesired, onDetached, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _connection.CloseAsync();

    private string Name(string kind) => $"{kind}-{Interlocked.Increment(ref _lastLink).ToString(CultureInfo.InvariantCulture)}";

    // Whatever ends first: the connection, or the one session that everything is in.
    private async Task<HubFault> WatchAsync()
    {
        var closed = _connection.Closed;
        var first = await Task.WhenAny(closed, _cbs.Detached);
        if (first == closed) return AmqpNames.Fault(await closed);
        // A connection that is lost takes its links with it: its own reason says more.
        await Task.WhenAny(closed, Task.Delay(TimeSpan.FromMilliseconds(100), _time));
        return closed.IsCompleted ? AmqpNames.Fault(await closed) : AmqpNames.Fault(await _cbs.Detached);
    }

    private static async Task<HubResult<T>> Try<T>(Func<Task<T>> open, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await open();
        }
        catch (AmqpException exception)
        {
            return AmqpNames.Fault(exception);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return HubFault.Late("the hub did not attach the link in time", unknown: false);
        }
    }
}
