using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fairlead.Chaos.Clients;
using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>
/// Publishers whose messages go through rules: through one that republishes to another, and through one that asks a slow function, so that
/// many messages lie between match and action when the hub is killed. A stored Session is the witness. Every message has a number of its own.
/// </summary>
internal sealed class RuleCrashScene : IAsyncDisposable
{
    private const int SigKill = 9;

    private readonly HubProcess _hub;
    private readonly SlowFunction _function = new();
    private readonly PersistentClient[] _publishers = [new(4, "rule-publisher-quick"), new(5, "rule-publisher-slow")];
    private readonly PersistentClient _witness = new(5, "rule-witness");
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new();
    private readonly ConcurrentDictionary<string, bool> _witnessed = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private int _untilEnd;
    private int _last;

    public RuleCrashScene(HubProcess hub)
    {
        _hub = hub;
        foreach (var publisher in _publishers) publisher.OnAcknowledged = OnAcknowledged;
        _witness.OnMessage = message =>
        {
            _witnessed[message.Topic["out/".Length..]] = true;
            _arrived.Release();
        };
    }

    /// <summary>Messages acknowledged so far.</summary>
    public int Acknowledged => _acknowledged.Count;

    /// <summary>Starts at which the hub ran messages again, as far as its log tells.</summary>
    public int Resumed { get; private set; }

    /// <summary>Makes the rules, and the Session of the witness.</summary>
    public async Task PrepareAsync()
    {
        await CreateRuleAsync("first", "SELECT * FROM 'in/+'", "mid/${topic(2)}");
        await CreateRuleAsync("second", "SELECT * FROM 'mid/+'", "out/${topic(2)}");
        await CreateRuleAsync("slow", $"SELECT aws_lambda('{_function.Url}', *) AS answer FROM 'slow/+'", "out/${topic(2)}");
        await _witness.ConnectAsync(_hub.Mqtt);
        (await _witness.SubscribeAsync("out/+", 1)).ShouldBeTrue();
    }

    /// <summary>Publishes until so many were acknowledged, kills the hub in the middle of it, starts it again.</summary>
    public async Task RunRoundAsync(int endAfter)
    {
        foreach (var client in _publishers.Append(_witness).Where(static client => !client.Connected)) await client.ConnectAsync(_hub.Mqtt);
        Volatile.Write(ref _untilEnd, endAfter);
        await Task.WhenAll(
            Task.Run(() => PublishUntilLostAsync(_publishers[0], "in")), Task.Run(() => PublishUntilLostAsync(_publishers[1], "slow")));
        await _hub.KillAsync();
        await Task.WhenAll(_publishers.Append(_witness).Select(static client => client.WhenLostAsync()));
        await _hub.RestartAsync();
        if (_hub.Log.Contains("rule_resumed", StringComparison.Ordinal)) Resumed = _hub.Log.Split('\n').Count(static line => line.Contains("rule_resumed", StringComparison.Ordinal));
    }

    /// <summary>Everything that was acknowledged has come out of its rules.</summary>
    public async Task CheckAsync()
    {
        Volatile.Write(ref _untilEnd, int.MaxValue);
        foreach (var client in _publishers.Append(_witness).Where(static client => !client.Connected)) await client.ConnectAsync(_hub.Mqtt);
        foreach (var publisher in _publishers) await publisher.DrainAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (_acknowledged.Keys.Any(number => !_witnessed.ContainsKey(number)))
        {
            try
            {
                await _arrived.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                var lost = _acknowledged.Keys.Where(number => !_witnessed.ContainsKey(number)).Order().Take(20);
                Assert.Fail($"acknowledged, but not gone through the rules: {string.Join(' ', lost)}; CHAOS_SEED={Seed.Value}\n{_hub.Log}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _publishers.Append(_witness)) await client.DisposeAsync();
        await _function.DisposeAsync();
        _arrived.Dispose();
    }

    private async Task PublishUntilLostAsync(PersistentClient publisher, string prefix)
    {
        while (publisher.Connected)
        {
            string number = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
            if (!await publisher.PublishAsync($"{prefix}/{number}", $$"""{"n":{{number}}}""", 1)) break;
        }

        await publisher.WhenLostAsync();
    }

    private void OnAcknowledged(string topic, string payload)
    {
        _acknowledged[topic[(topic.IndexOf('/', StringComparison.Ordinal) + 1)..]] = true;
        // Exactly one caller sees 0: the hub is hit within whatever it is doing then.
        if (Interlocked.Decrement(ref _untilEnd) == 0) _hub.Signal(SigKill);
    }

    private async Task CreateRuleAsync(string name, string sql, string topic)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        string token = (await File.ReadAllTextAsync(Path.Combine(_hub.DataDirectory, "admin.token"))).Trim();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        string body = $$$"""{"sql":"{{{sql}}}","awsIotSqlVersion":"2016-03-23","actions":[{"republish":{"roleArn":"r","topic":"{{{topic}}}","qos":1}}]}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(_hub.Http, $"/rules/{name}"), content);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A function that takes its time.</summary>
    private sealed class SlowFunction : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _running;

        public SlowFunction()
        {
            Url = $"http://127.0.0.1:{FreePort.Take()}/f/";
            _listener.Prefixes.Add(Url);
            _listener.Start();
            _running = RunAsync();
        }

        public string Url { get; }

        public async ValueTask DisposeAsync()
        {
            _listener.Close();
            await _running;
        }

        private async Task RunAsync()
        {
            while (true)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    await Task.Delay(TimeSpan.FromMilliseconds(3), TimeProvider.System); // the point of this function; nothing waits for it
                    context.Response.ContentType = "application/json";
                    await context.Response.OutputStream.WriteAsync("{\"slow\":true}"u8.ToArray());
                    context.Response.Close();
                }
                catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException or InvalidOperationException)
                {
                    if (!_listener.IsListening) return;
                }
            }
        }
    }
}
