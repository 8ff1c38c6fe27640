using Fairlead.Chaos.Clients;

namespace Fairlead.Chaos.Edge;

/// <summary>Writes down every message of a broker; its Session outlives restarts of the broker if that one's do.</summary>
public sealed class Recorder : IAsyncDisposable
{
    private readonly PersistentClient _client;
    private readonly Uri _broker;
    private readonly string[] _filters;
    private readonly List<Arrival> _arrivals = [];
    private readonly HashSet<int> _numbers = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _keeping = Task.CompletedTask;

    private Recorder(Uri broker, string name, string[] filters)
    {
        _broker = broker;
        _filters = filters;
        _client = new PersistentClient(level: 4, $"{name}-{Guid.NewGuid():N}")
        {
            BearsSilence = true,
            OnMessage = message =>
            {
                var arrival = new Arrival(message.Topic, message.Text, message.Payload, TimeProvider.System.GetUtcNow(), message.Retain);
                var number = Live.NumberOf(arrival);
                lock (_arrivals)
                {
                    _arrivals.Add(arrival);
                    if (number is { } n) _numbers.Add(n);
                }
            },
        };
    }

    public static async Task<Recorder> StartAsync(Uri broker, string name, params string[] filters)
    {
        var recorder = new Recorder(broker, name, filters);
        await recorder.ConnectAsync();
        recorder._keeping = Task.Run(recorder.KeepAsync);
        return recorder;
    }

    /// <summary>All so far.</summary>
    public List<Arrival> Arrivals
    {
        get
        {
            lock (_arrivals) return [.. _arrivals];
        }
    }

    public int Count
    {
        get
        {
            lock (_arrivals) return _arrivals.Count;
        }
    }

    /// <summary>How many different numbers came.</summary>
    public int DifferentNumbers
    {
        get
        {
            lock (_arrivals) return _numbers.Count;
        }
    }

    /// <summary>Waits until what was recorded is as wanted.</summary>
    public Task UntilAsync(Func<List<Arrival>, bool> wanted, string what) => Wait.UntilAsync(() => wanted(Arrivals), () => $"{what}; {Count} messages came", LongForm.Patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _client.DisposeAsync();
        await _keeping;
        _stop.Dispose();
    }

    private async Task ConnectAsync()
    {
        await _client.ConnectAsync(_broker);
        foreach (string filter in _filters) (await _client.SubscribeAsync(filter, 1)).ShouldBeTrue(filter);
    }

    private async Task KeepAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await _client.WhenLostAsync();
            if (_stop.IsCancellationRequested) return;
            try
            {
                await ConnectAsync();
            }
            catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ShouldAssertException or InvalidDataException or TimeoutException)
            {
                await Task.Delay(100, CancellationToken.None); // the broker is down; when it is back, so is the recorder
            }
        }
    }
}
