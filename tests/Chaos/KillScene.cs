using System.Collections.Concurrent;
using System.Globalization;
using Fairlead.Chaos.Clients;
using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>The cast of a test that ends the hub under load: who publishes, who reads, and what has been promised to whom.</summary>
internal sealed class KillScene : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int RetainedTopics = 40;

    private readonly HubProcess _hub;
    private readonly bool _gracefully;
    private readonly PersistentClient[] _publishers = [new(4, "publisher-4"), new(5, "publisher-5")];
    private readonly PersistentClient _collector = new(5, "collector");
    private readonly Dictionary<string, int> _published = [];
    private readonly ConcurrentDictionary<string, int> _retained = new();
    private readonly List<string> _subscribed = [];
    private Task<int> _stopping = Task.FromResult(0);
    private int _untilEnd = int.MaxValue;
    private long _acknowledged;

    /// <param name="hub">The hub that is ended in every round.</param>
    /// <param name="gracefully">By SIGTERM, and it has to exit with 0; otherwise by SIGKILL.</param>
    public KillScene(HubProcess hub, bool gracefully = false)
    {
        (_hub, _gracefully) = (hub, gracefully);
        Readers = [new(new PersistentClient(4, "reader-4"), OnEvent), new(new PersistentClient(5, "reader-5"), OnEvent)];
        Absent = new Reader(new PersistentClient(5, "reader-absent"));
        foreach (var publisher in _publishers)
        {
            publisher.OnAcknowledged = OnAcknowledged;
            for (var qos = 1; qos <= 2; qos++)
                _published[$"stream/{publisher.ClientId}/{qos}"] = 0;
        }
    }

    public IReadOnlyList<Reader> Readers { get; }

    private Reader Absent { get; }

    private IEnumerable<Reader> AllReaders => [.. Readers, Absent];

    /// <summary>Makes the Sessions and subscriptions that every later round relies on.</summary>
    public async Task PrepareAsync()
    {
        foreach (var reader in AllReaders)
        {
            await reader.Client.ConnectAsync(_hub.Mqtt);
            (await reader.Client.SubscribeAsync("stream/#", 2)).ShouldBeTrue();
        }

        await Absent.Client.DisconnectAsync();
    }

    /// <summary>Starts the load, ends the hub after so many acknowledgements and deliveries, and starts it again.</summary>
    public async Task RunRoundAsync(int round, int endAfter, IReadOnlyList<Reader> online)
    {
        foreach (var reader in online.Where(reader => !reader.Client.Connected))
            await reader.Client.ConnectAsync(_hub.Mqtt);
        foreach (var publisher in _publishers.Append(_collector))
            await publisher.ConnectAsync(_hub.Mqtt);
        Volatile.Write(ref _untilEnd, endAfter);

        await Task.WhenAll([.. _publishers.Select(publisher => Task.Run(() => PublishUntilLostAsync(publisher))), SubscribeAsync($"late/{round}")]);

        if (_gracefully)
            (await _stopping).ShouldBe(0, _hub.Log);
        else
            await _hub.KillAsync();
        await Task.WhenAll([.. AllReaders.Select(reader => reader.Client.WhenLostAsync()), _collector.WhenLostAsync()]);
        Volatile.Write(ref _untilEnd, int.MaxValue);
        await _hub.RestartAsync();
    }

    /// <summary>Starts the hub, kills it at a random point of its start, and starts it again.</summary>
    public async Task InterruptStartAsync(int afterMilliseconds)
    {
        await _hub.KillAsync();
        var starting = _hub.RestartAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(afterMilliseconds), TimeProvider.System); // the fault's moment, nothing waits for it
        _hub.Signal(SigKill);
        try
        {
            await starting;
        }
        catch (InvalidOperationException)
        {
            // Ended before it was ready, as wanted; a fast machine may have got there.
        }

        await _hub.KillAsync();
        await _hub.RestartAsync();
    }

    /// <summary>Lets everything that is still on its way arrive: publishers finish what they began and end their streams.</summary>
    public async Task SettleAsync()
    {
        foreach (var reader in AllReaders.Where(reader => !reader.Client.Connected))
            await reader.Client.ConnectAsync(_hub.Mqtt);
        foreach (var publisher in _publishers)
        {
            await publisher.ConnectAsync(_hub.Mqtt);
            foreach (var topic in _published.Keys.Where(topic => topic.Contains(publisher.ClientId, StringComparison.Ordinal)))
                await publisher.PublishAsync(topic, Reader.End, topic[^1] - '0');
            await publisher.DrainAsync();
        }

        foreach (var reader in AllReaders)
        {
            foreach (var topic in _published.Keys)
                await reader.EndOf(topic).WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    /// <summary>Nothing that was acknowledged is lost, nothing of QoS 2 is doubled, and every stream is in order.</summary>
    public async Task CheckAsync()
    {
        var because = string.Create(
            CultureInfo.InvariantCulture,
            $"CHAOS_SEED={Seed.Value}; {_published.Values.Sum()} published, {Interlocked.Read(ref _acknowledged)} acknowledged, {_retained.Count} retained topics, {_subscribed.Count} subscriptions");
        TestContext.Current.TestOutputHelper?.WriteLine(because);
        foreach (var reader in AllReaders)
        {
            foreach (var (topic, count) in _published)
            {
                var received = reader.Received(topic);
                if (topic.EndsWith("/2", StringComparison.Ordinal))
                    received.ShouldBe(Enumerable.Range(0, count), $"{reader.Client.ClientId} {topic}: QoS 2 is exactly once and in order; {because}");
                else
                    received.Distinct().ShouldBe(Enumerable.Range(0, count), $"{reader.Client.ClientId} {topic}: QoS 1 is at least once and in order; {because}");
            }
        }

        await CheckRetainedAsync(because);
        await CheckSubscriptionsAsync(because);
    }

    /// <summary>A retained message that was acknowledged is there, or a later one on its topic is.</summary>
    private async Task CheckRetainedAsync(string because)
    {
        await using var client = await RawMqttClient.OpenAsync(_hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(4, "retained-check"));
        _ = await client.ReadAsync();
        await client.SendAsync(RawPackets.Subscribe(4, 1, "retained/+"));
        _ = await client.ReadAsync();
        var found = new Dictionary<string, int>();
        try
        {
            while (!_retained.Keys.All(found.ContainsKey))
            {
                var message = RawPublish.Read(4, await client.ReadAsync());
                message.Retain.ShouldBeTrue();
                found[message.Topic] = int.Parse(message.Text, CultureInfo.InvariantCulture);
            }
        }
        catch (TimeoutException)
        {
            // The next line says what is missing.
        }

        _retained.Where(one => !found.TryGetValue(one.Key, out var kept) || kept < one.Value)
            .Select(one => $"{one.Key}: {one.Value} acknowledged, {(found.TryGetValue(one.Key, out var kept) ? kept : "nothing")} kept")
            .ShouldBeEmpty(because);
    }

    /// <summary>Every subscription that was acknowledged works without being asked for again.</summary>
    private async Task CheckSubscriptionsAsync(string because)
    {
        var seen = new ConcurrentDictionary<string, bool>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _collector.OnMessage = message =>
        {
            seen[message.Topic] = true;
            if (seen.Count == _subscribed.Count)
                all.TrySetResult();
        };
        await _collector.ConnectAsync(_hub.Mqtt);
        foreach (var topic in _subscribed)
            await _publishers[0].PublishAsync(topic, "0", 1);
        await _publishers[0].DrainAsync();
        if (_subscribed.Count > 0)
            await Task.WhenAny(all.Task, Task.Delay(RawMqttClient.Deadline, TimeProvider.System));
        _subscribed.Where(topic => !seen.ContainsKey(topic)).ShouldBeEmpty(because);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in AllReaders.Select(reader => reader.Client).Concat(_publishers).Append(_collector))
            await client.DisposeAsync();
    }

    private async Task PublishUntilLostAsync(PersistentClient publisher)
    {
        while (publisher.Connected)
        {
            for (var qos = 1; qos <= 2; qos++)
            {
                var topic = $"stream/{publisher.ClientId}/{qos}";
                var number = _published[topic];
                if (await publisher.PublishAsync(topic, number.ToString(CultureInfo.InvariantCulture), qos))
                    _published[topic] = number + 1;
                if (number % 10 == 0)
                    await publisher.PublishAsync($"retained/{publisher.ClientId}-{qos}-{number / 10 % RetainedTopics}", number.ToString(CultureInfo.InvariantCulture), qos, retain: true);
            }
        }

        await publisher.WhenLostAsync();
    }

    private async Task SubscribeAsync(string topic)
    {
        if (await _collector.SubscribeAsync(topic, 1))
            _subscribed.Add(topic);
    }

    private void OnAcknowledged(string topic, string payload)
    {
        Interlocked.Increment(ref _acknowledged);
        if (topic.StartsWith("retained/", StringComparison.Ordinal))
            _retained.AddOrUpdate(topic, int.Parse(payload, CultureInfo.InvariantCulture), (_, before) => Math.Max(before, int.Parse(payload, CultureInfo.InvariantCulture)));
        OnEvent();
    }

    private void OnEvent()
    {
        // Exactly one caller sees 0: the hub is hit within whatever it is doing then.
        if (Interlocked.Decrement(ref _untilEnd) != 0)
            return;
        if (_gracefully)
            _stopping = _hub.StopAsync();
        else
            _hub.Signal(SigKill);
    }
}
