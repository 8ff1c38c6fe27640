using System.Collections.Concurrent;

namespace Fairlead.Features.IotHub.Methods;

/// <summary>See <see cref="IDirectMethods"/>. A device that takes calls has an entry; nobody else has.</summary>
/// <param name="time">Clock.</param>
/// <param name="exists">Whether there is such an identity.</param>
internal sealed class DirectMethodService(TimeProvider time, Func<IdentityName, bool> exists) : IDirectMethods
{
    /// <summary>Largest payload of a call and of its answer, in bytes.</summary>
    public const int LargestPayload = 128 * 1024;

    /// <summary>Calls that wait for a device or its answer, of the whole hub.</summary>
    public const int MostCalls = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<IdentityName, Listening> _listeners = [];
    private readonly Dictionary<IdentityName, List<TaskCompletionSource>> _arrivals = [];
    private readonly ConcurrentDictionary<Guid, Waiting> _calls = new();
    private int _open;

    /// <summary>What is counted.</summary>
    public MethodCounters Counters { get; } = new();

    /// <inheritdoc/>
    public async ValueTask<MethodResult> InvokeAsync(IdentityName identity, MethodRequest request, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var result = Check(identity, request) is { } refusal
            ? new MethodResult(null, refusal)
            : await CallAsync(identity, request, cancellationToken).ConfigureAwait(false);
        Counters.Count(result, time.GetElapsedTime(began));
        return result;
    }

    /// <inheritdoc/>
    public IDisposable Listen(IdentityName identity, IMethodListener listener)
    {
        var listening = new Listening(this, identity, listener);
        Listening? older;
        List<TaskCompletionSource>? arrivals;
        lock (_lock)
        {
            _listeners.Remove(identity, out older);
            _listeners[identity] = listening;
            _arrivals.Remove(identity, out arrivals);
        }

        if (older is not null)
        {
            EndCallsOf(older);
            older.Listener.OnReplaced();
        }

        foreach (var arrival in arrivals ?? []) arrival.TrySetResult();
        return listening;
    }

    /// <inheritdoc/>
    public bool Respond(IdentityName from, Guid requestId, int status, ReadOnlySpan<byte> payload)
    {
        // An identity answers its own calls alone: ids of calls are no secret to whoever shares a connection.
        if (!_calls.TryGetValue(requestId, out var call) || call.Identity != from) return false;
        return call.TryEnd(payload.Length > LargestPayload
            ? new MethodResult(null, IotHubError.MessageTooLarge($"the device's answer is larger than {LargestPayload} bytes"))
            : new MethodResult(new MethodAnswer(status, payload.ToArray()), null));
    }

    /// <summary>Whether a device takes calls now.</summary>
    public bool IsListening(IdentityName identity)
    {
        lock (_lock) return _listeners.ContainsKey(identity);
    }

    private static IotHubError NotOnline() => IotHubError.DeviceNotOnline("Timed out waiting for device to connect.");

    private IotHubError? Check(IdentityName identity, MethodRequest request)
    {
        if (!exists(identity))
            return identity.ModuleId is null ? IotHubError.DeviceNotFound($"there is no device {identity}") : IotHubError.ModuleNotFound($"there is no module {identity}");
        if (request.Payload.Length > LargestPayload) return IotHubError.MessageTooLarge($"the payload of a method may have {LargestPayload} bytes");
        return Volatile.Read(ref _open) >= MostCalls ? IotHubError.Throttling($"{MostCalls} calls of methods wait already") : null;
    }

    private async ValueTask<MethodResult> CallAsync(IdentityName identity, MethodRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _open);
        try
        {
            if (await FindAsync(identity, request.ConnectTimeout, cancellationToken).ConfigureAwait(false) is not { } listening) return new(null, NotOnline());
            var call = new Waiting(identity, listening);
            _calls[call.Id] = call;
            try
            {
                var payload = request.Payload.IsEmpty ? "null"u8.ToArray() : request.Payload;
                if (!listening.Listener.TryCall(new MethodCall(call.Id, request.Name, payload))) return new(null, NotOnline());
                // It may have gone between the look and the call: then nobody else ends this one.
                if (listening.IsEnded) call.TryEnd(Gone());
                return await call.Ended.Task.WaitAsync(request.ResponseTimeout, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return new(null, IotHubError.GatewayTimeout("Timed out waiting for the response from device."));
            }
            finally
            {
                _calls.TryRemove(call.Id, out _);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private static MethodResult Gone() => new(null, IotHubError.ConnectionClosedRemotely("The device disconnected before it answered."));

    private async ValueTask<Listening?> FindAsync(IdentityName identity, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            TaskCompletionSource arrival;
            lock (_lock)
            {
                if (_listeners.TryGetValue(identity, out var listening)) return listening;
                if (patience == TimeSpan.Zero) return null;
                arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (!_arrivals.TryGetValue(identity, out var arrivals)) _arrivals[identity] = arrivals = [];
                arrivals.Add(arrival);
            }

            try
            {
                var left = patience - time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero) return null;
                await arrival.Task.WaitAsync(left, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return null;
            }
            finally
            {
                Forget(identity, arrival);
            }
        }
    }

    private void Forget(IdentityName identity, TaskCompletionSource arrival)
    {
        lock (_lock)
        {
            if (!_arrivals.TryGetValue(identity, out var arrivals)) return;
            arrivals.Remove(arrival);
            if (arrivals.Count == 0) _arrivals.Remove(identity);
        }
    }

    private void End(Listening listening)
    {
        lock (_lock)
        {
            if (_listeners.TryGetValue(listening.Identity, out var present) && ReferenceEquals(present, listening)) _listeners.Remove(listening.Identity);
        }

        EndCallsOf(listening);
    }

    private void EndCallsOf(Listening listening)
    {
        listening.IsEnded = true;
        foreach (var (_, call) in _calls)
        {
            if (ReferenceEquals(call.Listening, listening)) call.TryEnd(Gone());
        }
    }

    private sealed class Listening(DirectMethodService service, IdentityName identity, IMethodListener listener) : IDisposable
    {
        private volatile bool _ended;

        public IdentityName Identity { get; } = identity;

        public IMethodListener Listener { get; } = listener;

        public bool IsEnded
        {
            get => _ended;
            set => _ended = value;
        }

        public void Dispose() => service.End(this);
    }

    private sealed class Waiting(IdentityName identity, Listening listening)
    {
        public Guid Id { get; } = Guid.NewGuid();

        public IdentityName Identity { get; } = identity;

        public Listening Listening { get; } = listening;

        // The continuation writes an HTTP answer: not on the read loop of the device.
        public TaskCompletionSource<MethodResult> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryEnd(MethodResult result) => Ended.TrySetResult(result);
    }
}
