using System.Globalization;
using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>A hub for storms: short timeouts, small queues, and a look at its memory and metrics.</summary>
public sealed class StormHub : IAsyncLifetime
{
    /// <summary>Time to a whole CONNECT.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Messages that the hub queues for one Session.</summary>
    public const int QueueLimit = 2000;

    private static readonly HttpClient Http = new();

    public HubProcess Process { get; private set; } = null!;

    public Uri Mqtt => Process.Mqtt;

    public long Memory => ResidentMemory.Of(Process.ProcessId);

    public async ValueTask InitializeAsync() => Process = await HubProcess.StartAsync(new HubSettings
    {
        Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"],
        Arguments =
        [
            "--set", $"Broker:ConnectTimeout={ConnectTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s",
            "--set", $"Server:OpeningTimeout={ConnectTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s",
            "--set", $"Broker:MaximumQueuedMessages={QueueLimit.ToString(CultureInfo.InvariantCulture)}",
        ],
    });

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
            await Process.DisposeAsync();
    }

    /// <summary>Sum of a metric over all its labels, or over those that contain <paramref name="label"/>.</summary>
    public async Task<double> MetricAsync(string name, string label = "")
    {
        var page = await Http.GetStringAsync(new Uri(Process.Http, "/metrics"));
        return page.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is ' ' or '{' && line.Contains(label, StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Opens a connection and has it accepted.</summary>
    public async Task<RawMqttClient> ConnectAsync(int level, string clientId, bool clean = true, int keepAlive = 0, RawWill? will = null, RawProperties? properties = null)
    {
        var client = await RawMqttClient.OpenAsync(Mqtt);
        await client.SendAsync(RawPackets.Connect(level, clientId, clean, keepAlive, properties, will));
        var answer = RawAnswer.Read(level, await client.ReadAsync());
        (answer.Type, answer.Code).ShouldBe((RawType.ConnAck, 0), clientId);
        return client;
    }

    /// <summary>Connects, subscribes and has both accepted.</summary>
    public async Task<RawMqttClient> SubscribeAsync(int level, string clientId, string filter, int qos = 1)
    {
        var client = await ConnectAsync(level, clientId);
        await client.SendAsync(RawPackets.Subscribe(level, 1, filter, qos));
        RawAnswer.Read(level, await client.ReadAsync()).Code.ShouldBe(qos);
        return client;
    }

    /// <summary>A new client comes and goes: the hub answers.</summary>
    public async Task GreetAsync()
    {
        await using var client = await ConnectAsync(4, $"greet-{Guid.NewGuid():N}");
        await client.SendAsync(RawPackets.PingReq);
        ((RawType)(await client.ReadAsync()).Type).ShouldBe(RawType.PingResp);
        await client.SendAsync(RawPackets.Disconnect());
    }

    /// <summary>After a storm: the hub runs, answers, and is back at twice the memory it had before, 64 MiB of slack for the collector.</summary>
    public Task ShouldBeCalmAsync(long memoryBefore) =>
        ResidentMemory.ShouldReturnBelowAsync(Process.ProcessId, (2 * memoryBefore) + (64 * ResidentMemory.MiB), GreetAsync);
}
