using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>
/// Callers that send confirmed direct messages to devices while the hub is killed. Devices keep a log of what they received and of what
/// they acknowledged; a few messages they leave without PUBACK on purpose. Every message has a number that no other has.
/// </summary>
internal sealed class DirectMessageScene(HubProcess hub) : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int Callers = 8;
    private const int WithheldEach = 40; // every so many numbers

    private readonly Device[] _devices = [.. Enumerable.Range(0, 6).Select(static number => new Device(number % 2 == 0 ? 4 : 5, $"direct-{number}"))];
    private readonly ConcurrentDictionary<long, int> _answers = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private long _last;
    private int _untilEnd;
    private volatile bool _killed;

    /// <summary>Messages that answered 200.</summary>
    public int Confirmed => _answers.Count(static answer => answer.Value == 200);

    /// <summary>Messages that got any answer, and messages that were sent.</summary>
    public (int Answered, long Sent) Counts => (_answers.Count, Interlocked.Read(ref _last));

    /// <summary>Whether the devices leave a message without PUBACK.</summary>
    public static bool IsWithheld(long number) => number % WithheldEach == 0;

    /// <summary>Sends until so many were confirmed, kills the hub in the middle of it and starts it again.</summary>
    public async Task RunRoundAsync(int endAfter)
    {
        foreach (var device in _devices) await device.ConnectAsync(hub.Mqtt);
        var token = (await File.ReadAllTextAsync(Path.Combine(hub.DataDirectory, "admin.token"))).Trim();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _killed = false;
        Volatile.Write(ref _untilEnd, endAfter);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => SendUntilKilledAsync(caller))));
        await hub.KillAsync();
        foreach (var device in _devices) await device.WhenLostAsync();
        await hub.RestartAsync();
    }

    /// <summary>Lets everybody come back once more: whatever the hub still had for a device would come now.</summary>
    public async Task SettleAsync()
    {
        foreach (var device in _devices)
        {
            await device.ConnectAsync(hub.Mqtt);
            await device.PingAsync();
        }
    }

    /// <summary>Compares the answers with the logs of the devices.</summary>
    public void Check(string because)
    {
        var received = _devices.SelectMany(static device => device.Received).ToList();
        received.Count.ShouldBe(received.Distinct().Count(), $"a direct message was delivered twice; {because}");
        var acknowledged = _devices.SelectMany(static device => device.Acknowledged).ToHashSet();
        var confirmed = _answers.Where(static answer => answer.Value == 200).Select(static answer => answer.Key).ToList();
        confirmed.Where(number => !acknowledged.Contains(number)).ShouldBeEmpty($"answered 200 without a PUBACK; {because}");
        confirmed.Where(IsWithheld).ShouldBeEmpty(because);
        // A device that is just coming back, or has too much unacknowledged, is a refusal; a missing PUBACK is a timeout.
        _answers.Values.Distinct().Order().ShouldBeSubsetOf([200, 404, 429, 500, 504]);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var device in _devices) await device.DisposeAsync();
    }

    private async Task SendUntilKilledAsync(int caller)
    {
        for (int turn = caller; !_killed; turn++)
        {
            long number = Interlocked.Increment(ref _last);
            var device = _devices[turn % _devices.Length];
            // Nobody waits for what is not going to come any longer than necessary.
            int timeout = IsWithheld(number) ? 1 : 15;
            var target = new Uri(hub.Http, $"/connections/{device.ClientId}/messages?topic=chaos&confirmation=true&timeout={timeout}");
            try
            {
                using var content = new StringContent(number.ToString(CultureInfo.InvariantCulture), Encoding.UTF8, "text/plain");
                using var answer = await _http.PostAsync(target, content);
                _answers[number] = (int)answer.StatusCode;
                if (answer.IsSuccessStatusCode) OnConfirmed();
            }
            catch (HttpRequestException)
            {
                // The hub is gone: nothing was promised.
            }
        }
    }

    private void OnConfirmed()
    {
        // Exactly one caller sees 0: the hub is hit within whatever it is doing then.
        if (Interlocked.Decrement(ref _untilEnd) != 0) return;
        hub.Signal(SigKill);
        _killed = true;
    }

    private sealed class Device(int level, string clientId) : IAsyncDisposable
    {
        private readonly SemaphoreSlim _ponged = new(0);
        private RawMqttClient? _client;
        private Task _reading = Task.CompletedTask;

        public string ClientId => clientId;

        public ConcurrentQueue<long> Received { get; } = new();

        public ConcurrentQueue<long> Acknowledged { get; } = new();

        /// <summary>Connects with a Session that lasts, so that a hub which kept a message would deliver it.</summary>
        public async Task ConnectAsync(Uri mqtt)
        {
            if (_client is not null) await _client.DisposeAsync();
            _client = await RawMqttClient.OpenAsync(mqtt);
            var properties = level == 5 ? new RawProperties().Add(RawProperties.SessionExpiry, 0xFFFF_FFFFL) : null;
            await _client.SendAsync(RawPackets.Connect(level, clientId, clean: false, keepAlive: 0, properties));
            var answer = RawAnswer.Read(level, await _client.ReadAsync());
            (answer.Type, answer.Code).ShouldBe((RawType.ConnAck, 0), clientId);
            _reading = Task.Run(ReadAsync);
        }

        public async Task PingAsync()
        {
            await _client!.SendAsync(RawPackets.PingReq);
            (await _ponged.WaitAsync(RawMqttClient.Deadline)).ShouldBeTrue(clientId);
        }

        public Task WhenLostAsync() => _reading.WaitAsync(RawMqttClient.Deadline);

        public async ValueTask DisposeAsync()
        {
            if (_client is not null) await _client.DisposeAsync();
            await _reading;
            _ponged.Dispose();
        }

        private async Task ReadAsync()
        {
            try
            {
                while (await ReadOrNullAsync() is { } packet)
                {
                    if (packet.Type == (int)RawType.PingResp) _ponged.Release();
                    if (packet.Type == (int)RawType.Publish) await OnMessageAsync(RawPublish.Read(level, packet));
                }
            }
            catch (Exception lost) when (lost is IOException or ObjectDisposedException or System.Net.Sockets.SocketException or InvalidDataException)
            {
                // The hub was killed.
            }
        }

        // A device that hears nothing for a while is no lost one.
        private async Task<RawPacket?> ReadOrNullAsync()
        {
            while (true)
            {
                try
                {
                    return await _client!.ReadOrCloseAsync();
                }
                catch (TimeoutException)
                {
                    // Quiet: read on.
                }
            }
        }

        private async Task OnMessageAsync(RawPublish message)
        {
            (message.QoS, message.Dup, message.Retain, message.Topic).ShouldBe((1, false, false, "chaos"));
            long number = long.Parse(message.Text, CultureInfo.InvariantCulture);
            Received.Enqueue(number);
            if (IsWithheld(number)) return;
            Acknowledged.Enqueue(number);
            await _client!.SendUnlessClosedAsync(RawPackets.Ack(RawType.PubAck, message.Id));
        }
    }
}
