using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Fairlead.Chaos.Clients;
using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>
/// Devices that update their shadows while the hub is killed: what each accepted message promised, and what PUBACK promised. Every update
/// carries a number that no other has.
/// </summary>
internal sealed class ShadowCrashScene(HubProcess hub) : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int ThingsEach = 4;
    private const int UnderWay = 5; // below the ten requests that one thing may have in flight, repetitions included

    private readonly Device[] _devices = [.. Enumerable.Range(0, 4).Select(static number => new Device(number))];
    private int _untilEnd;

    /// <summary>Accepted messages so far.</summary>
    public int Accepted => Things.Sum(static thing => thing.Accepted.Count);

    private IEnumerable<Thing> Things => _devices.SelectMany(static device => device.Things);

    /// <summary>Connects everybody and subscribes, durably.</summary>
    public async Task PrepareAsync()
    {
        foreach (var device in _devices)
        {
            device.Client.OnMessage = message => OnMessage(device, message);
            device.Client.OnAcknowledged = (topic, _) => device.Find(topic)?.OnAcknowledged();
            await device.Client.ConnectAsync(hub.Mqtt);
            foreach (var thing in device.Things)
            {
                (await device.Client.SubscribeAsync($"{thing.Topic}/accepted", 1)).ShouldBeTrue();
                (await device.Client.SubscribeAsync($"{thing.Topic}/rejected", 1)).ShouldBeTrue();
            }
        }
    }

    /// <summary>Updates until so many were accepted, kills the hub in the middle of it, starts it again and looks at every shadow.</summary>
    public async Task RunRoundAsync(int endAfter)
    {
        foreach (var device in _devices.Where(static device => !device.Client.Connected)) await device.Client.ConnectAsync(hub.Mqtt);
        Volatile.Write(ref _untilEnd, endAfter);
        await Task.WhenAll(_devices.Select(static device => Task.Run(device.UpdateUntilLostAsync)));
        await hub.KillAsync();
        await Task.WhenAll(_devices.Select(static device => device.Client.WhenLostAsync()));
        await hub.RestartAsync();
        await CheckAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices) await device.Client.DisposeAsync();
    }

    private async Task CheckAsync()
    {
        await using var client = await RawMqttClient.OpenAsync(hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(4, "shadow-check"));
        _ = await client.ReadAsync();
        await client.SendAsync(RawPackets.Subscribe(4, 1, "$aws/things/+/shadow/get/+", 0));
        _ = await client.ReadAsync();
        var things = Things.Where(static thing => !thing.Sent.IsEmpty).ToDictionary(static thing => thing.Name);
        foreach (string name in things.Keys) await client.SendAsync(RawPackets.Publish(4, $"$aws/things/{name}/shadow/get", "", 0));
        for (int i = 0; i < things.Count; i++)
        {
            var answer = RawPublish.Read(4, await client.ReadAsync());
            things[answer.Topic.Split('/')[2]].Check(answer);
        }
    }

    private void OnMessage(Device device, RawPublish message)
    {
        device.Find(message.Topic)!.OnAnswer(message);
        // Exactly one caller sees 0: the hub is hit within whatever it is doing then.
        if (Interlocked.Decrement(ref _untilEnd) == 0) hub.Signal(SigKill);
    }

    private sealed class Device(int number)
    {
        private long _last;

        public PersistentClient Client { get; } = new(4, $"shadow-device-{number}");

        public IReadOnlyList<Thing> Things { get; } = [.. Enumerable.Range(0, ThingsEach).Select(i => new Thing($"crash-{number}-{i}"))];

        public Thing? Find(string topic) => Things.FirstOrDefault(thing => topic.StartsWith(thing.Topic, StringComparison.Ordinal));

        public async Task UpdateUntilLostAsync()
        {
            foreach (var thing in Things) thing.Forget();
            while (Client.Connected)
            {
                foreach (var thing in Things)
                {
                    if (!await thing.Room.WaitAsync(TimeSpan.FromMilliseconds(20))) continue;
                    string mark = string.Create(CultureInfo.InvariantCulture, $"{number}-{++_last}");
                    thing.Sent[mark] = true;
                    if (!await Client.PublishAsync(thing.Topic, $$$"""{"state":{"reported":{"mark":"{{{mark}}}"},"desired":{"mark":"none"}},"clientToken":"{{{mark}}}"}""", 1)) break;
                }
            }

            await Client.WhenLostAsync();
        }
    }

    private sealed class Thing(string name)
    {
        private int _acknowledged;
        private int _rejected;

        public string Name => name;

        public string Topic { get; } = $"$aws/things/{name}/shadow/update";

        public ConcurrentDictionary<string, bool> Sent { get; } = new();

        /// <summary>Marks by the version that they were accepted as.</summary>
        public ConcurrentDictionary<long, string> Accepted { get; } = new();

        public SemaphoreSlim Room { get; private set; } = new(UnderWay);

        /// <summary>A new round: what was under way is sent again by the Session, or was never answered.</summary>
        public void Forget() => Room = new SemaphoreSlim(UnderWay);

        public void OnAcknowledged() => Interlocked.Increment(ref _acknowledged);

        public void OnAnswer(RawPublish message)
        {
            using var document = JsonDocument.Parse(message.Text);
            if (message.Topic.EndsWith("rejected", StringComparison.Ordinal))
            {
                // The Session repeats what was under way, beside new updates: one thing may have too many in flight then, and nothing else.
                document.RootElement.GetProperty("code").GetInt32().ShouldBe(429, message.Text);
                Interlocked.Increment(ref _rejected);
            }
            else
            {
                long version = document.RootElement.GetProperty("version").GetInt64();
                string mark = document.RootElement.GetProperty("clientToken").GetString()!;
                Accepted.GetOrAdd(version, mark).ShouldBe(mark, $"{name}: version {version} was given twice");
            }

            Room.Release();
        }

        public void Check(RawPublish answer)
        {
            long promised = Accepted.IsEmpty ? 0 : Accepted.Keys.Max();
            string because = $"{name}: {answer.Text}, accepted up to {promised}, {_acknowledged} acknowledged, {_rejected} rejected; CHAOS_SEED={Seed.Value}";
            if (answer.Topic.EndsWith("rejected", StringComparison.Ordinal))
            {
                (promised, _acknowledged - _rejected).ShouldBe((0, 0), because);
                return;
            }

            using var document = JsonDocument.Parse(answer.Text);
            var root = document.RootElement;
            long version = root.GetProperty("version").GetInt64();
            string mark = root.GetProperty("state").GetProperty("reported").GetProperty("mark").GetString()!;
            version.ShouldBeGreaterThanOrEqualTo(promised, because);
            version.ShouldBeGreaterThanOrEqualTo(_acknowledged - _rejected, because);
            Sent.ContainsKey(mark).ShouldBeTrue(because);
            if (Accepted.TryGetValue(version, out string? accepted)) mark.ShouldBe(accepted, because);
            root.GetProperty("state").GetProperty("delta").GetProperty("mark").GetString().ShouldBe("none", because);
        }
    }
}
