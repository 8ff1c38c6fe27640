using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Fairlead.Chaos.Clients;
using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>Two well-behaved clients that exchange QoS 1 messages, one at a time, all through a storm. They must not notice it.</summary>
public sealed class Bystanders : IAsyncDisposable
{
    private readonly PersistentClient _publisher = new(4, $"bystander-{Guid.NewGuid():N}");
    private readonly PersistentClient _subscriber = new(5, $"bystander-{Guid.NewGuid():N}");
    private readonly Channel<int> _arrivals = Channel.CreateUnbounded<int>();
    private readonly ConcurrentQueue<TimeSpan> _delays = new();
    private readonly CancellationTokenSource _end = new();
    private Task<int> _exchange = Task.FromResult(0);

    /// <summary>The longest way of a message from one to the other.</summary>
    public TimeSpan LongestDelay => _delays.IsEmpty ? TimeSpan.Zero : _delays.Max();

    public static async Task<Bystanders> StartAsync(HubProcess hub)
    {
        var pair = new Bystanders();
        pair._subscriber.OnMessage = message => pair._arrivals.Writer.TryWrite(int.Parse(message.Text, CultureInfo.InvariantCulture));
        await pair._subscriber.ConnectAsync(hub.Mqtt);
        await pair._publisher.ConnectAsync(hub.Mqtt);
        var topic = pair._publisher.ClientId;
        (await pair._subscriber.SubscribeAsync(topic, 1)).ShouldBeTrue();
        pair._exchange = Task.Run(() => pair.ExchangeAsync(topic));
        return pair;
    }

    /// <summary>Ends the exchange and checks that nothing was lost, doubled or late beyond the deadline.</summary>
    public async Task<int> StopAsync()
    {
        await _end.CancelAsync();
        var count = await _exchange;
        count.ShouldBeGreaterThan(0);
        _arrivals.Reader.Count.ShouldBe(0, "messages arrived twice");
        _publisher.Connected.ShouldBeTrue("the bystanders' publisher lost its connection");
        _subscriber.Connected.ShouldBeTrue("the bystanders' subscriber lost its connection");
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"bystanders: {count} messages, longest delay {LongestDelay.TotalMilliseconds:F0} ms"));
        return count;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _publisher.DisposeAsync();
        await _subscriber.DisposeAsync();
        _end.Dispose();
    }

    private async Task<int> ExchangeAsync(string topic)
    {
        for (var number = 0; ; number++)
        {
            if (_end.IsCancellationRequested)
                return number;
            var sent = TimeProvider.System.GetTimestamp();
            (await _publisher.PublishAsync(topic, number.ToString(CultureInfo.InvariantCulture), 1)).ShouldBeTrue();
            using var deadline = new CancellationTokenSource(RawMqttClient.Deadline);
            (await _arrivals.Reader.ReadAsync(deadline.Token)).ShouldBe(number, "the bystanders' messages are lost or out of order");
            _delays.Enqueue(TimeProvider.System.GetElapsedTime(sent));
        }
    }
}
