using System.Collections.Concurrent;
using System.Globalization;
using Fairlead.Chaos.Clients;
using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>The cast of a kill -9 test: who publishes, who reads, and what has been promised to whom.</summary>
internal sealed class KillScene : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int RetainedTopics = 40;

    private readonly HubProcess _hub;
    private readonly PersistentClient[] _publishers = [new(4, "publisher-4"), new(5, "publisher-5")];
    private readonly PersistentClient _collector = new(5, "collector");
    private readonly Dictionary<string, int> _published = [];
    private readonly ConcurrentDictionary<string, int> _retained = new();
    private readonly List<string> _subscribed = [];
    private int _untilKill = int.MaxValue;
    private long _acknowledged;

    public KillScene(HubProcess hub)
    {
        _hub = hub;
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

    public Reader Absent { get; }

    public IEnumerable<Reader> AllReaders => [.. Readers, Absent];

    /// <summary>How many messages each stream holds: numbered from 0.</summary>
    public IReadOnlyDictionary<string, int> Published => _published;

    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{_published.Values.Sum()} published, {Interlocked.Read(ref _acknowledged)} acknowledged, {_retained.Count} retained topics, {_subscribed.Count} subscriptions");

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

    public async Task RunRoundAsync(int round, int killAfter, IReadOnlyList<Reader> online)
    {
        foreach (var reader in online.Where(reader => !reader.Client.Connected))
            await reader.Client.ConnectAsync(_hub.Mqtt);
        foreach (var publisher in _publishers.Append(_collector))
            await publisher.ConnectAsync(_hub.Mqtt);
        Volatile.Write(ref _untilKill, killAfter);

        await Task.WhenAll([.. _publishers.Select(publisher => Task.Run(() => PublishUntilLostAsync(publisher))), SubscribeAsync($"late/{round}")]);

        await _hub.KillAsync();
        await Task.WhenAll([.. AllReaders.Select(reader => reader.Client.WhenLostAsync()), _collector.WhenLostAsync()]);
        Volatile.Write(ref _untilKill, int.MaxValue);
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

    /// <summary>A retained message that was acknowledged is there, or a later one on its topic is.</summary>
    public async Task CheckRetainedAsync(string because)
    {
        await using var client = await RawMqttClient.OpenAsync(_hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(4, "retained-check"));
        _ = await client.ReadAsync();
        await client.SendAsync(RawPackets.Subscribe(4, 1, "retained/+"));
        _ = await client.ReadAsync();
        var found = new Dictionary<string, int>();
        while (found.Count < _retained.Count)
        {
            var message = RawPublish.Read(4, await client.ReadAsync());
            message.Retain.ShouldBeTrue();
            found[message.Topic] = int.Parse(message.Text, CultureInfo.InvariantCulture);
        }

        foreach (var (topic, acknowledged) in _retained)
            found[topic].ShouldBeGreaterThanOrEqualTo(acknowledged, $"{topic}; {because}");
    }

    /// <summary>Every subscription that was acknowledged works without being asked for again.</summary>
    public async Task CheckSubscriptionsAsync(string because)
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
        // Exactly one caller sees 0: the hub dies within whatever it is doing then.
        if (Interlocked.Decrement(ref _untilKill) == 0)
            _hub.Signal(SigKill);
    }
}
