using System.Text;
using System.Text.Json;
using Fairlead.Broker;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Fairlead.Server.Observability;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Fairlead.Unit.DataPlane;

/// <summary>A whole hub in this process, with its sockets, on a clock that can be put forward. Whoever calls it is an administrator.</summary>
internal sealed class ForwardHub : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly string _data = Directory.CreateTempSubdirectory("fairlead-forward-").FullName;
    private readonly LogWriter _writer = new(Stream.Null);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<MqttClient> _clients = [];
    private HubLoggerFactory? _loggers;
    private Hub? _hub;

    public ForwardClock Clock { get; } = new();

    public MqttBroker Broker => _hub!.Broker;

    public static async Task<ForwardHub> StartAsync()
    {
        var hub = new ForwardHub();
        var options = new HubOptions
        {
            Data = hub._data,
            Durability = Durability.Memory,
            DevMode = true,
            Listen = [new ListenUrl(ListenerKind.Mqtt, "127.0.0.1", 0, ""), new ListenUrl(ListenerKind.Http, "127.0.0.1", 0, "")],
        };
        options.Auth.AllowAnonymous = true;
        hub._loggers = new HubLoggerFactory(hub._writer, json: true, LogLevel.Information, hub.Clock);
        hub._hub = await Hub.StartAsync(options, hub._loggers, hub.Clock);
        return hub;
    }

    /// <summary>Connects a client that does not come back by itself.</summary>
    public async Task<MqttClient> ConnectAsync(string clientId, Func<MqttClientOptions, MqttClientOptions>? settings = null)
    {
        var plain = new MqttClientOptions { Server = new Uri($"mqtt://127.0.0.1:{PortOf(ListenerKind.Mqtt)}"), ClientId = clientId, KeepAlive = TimeSpan.Zero, Reconnect = null };
        var client = new MqttClient(settings?.Invoke(plain) ?? plain);
        _clients.Add(client);
        (await client.ConnectAsync()).ReasonCode.ShouldBe(ReasonCode.Success);
        return client;
    }

    /// <summary>A client that hears how another one ends: its event and its Will.</summary>
    public async Task<MqttClient> WatchAsync(string clientId, string willTopic)
    {
        var watcher = await ConnectAsync($"watcher-of-{clientId}");
        await watcher.SubscribeAsync($"$aws/events/presence/disconnected/{clientId}", QualityOfService.AtLeastOnce);
        await watcher.SubscribeAsync(willTopic, QualityOfService.AtLeastOnce);
        return watcher;
    }

    /// <summary>The event and the Will of a client that has ended, in whatever order they came.</summary>
    public static async Task<JsonElement> EndOfAsync(MqttClient watcher, string will)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var seen = new[] { await watcher.ReceiveAsync(deadline.Token), await watcher.ReceiveAsync(deadline.Token) };
        Encoding.UTF8.GetString(seen.Single(static message => message.Topic[0] != '$').Payload.Span).ShouldBe(will);
        using var told = JsonDocument.Parse(seen.Single(static message => message.Topic[0] == '$').Payload);
        return told.RootElement.Clone();
    }

    /// <summary>A Will, at QoS 0.</summary>
    public static WillMessage Will(string topic, string payload) => new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload) };

    /// <summary>GET: status and body.</summary>
    public async Task<(int Status, JsonElement Body)> GetAsync(string target)
    {
        using var answer = await _http.GetAsync(AddressOf(target));
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return ((int)answer.StatusCode, body.RootElement.Clone());
    }

    /// <summary>POST of a JSON document that must be taken.</summary>
    public async Task PostAsync(string target, object document)
    {
        using var content = new StringContent(JsonSerializer.Serialize(document), Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(AddressOf(target), content);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        if (_hub is not null)
        {
            await _hub.StopAsync("the test is over");
            await _hub.DisposeAsync();
        }

        _loggers?.Dispose();
        _writer.Dispose();
        _http.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private Uri AddressOf(string target) => new($"http://127.0.0.1:{PortOf(ListenerKind.Http)}{target}");

    private int PortOf(ListenerKind kind) => _hub!.Listening.Single(listener => listener.Kind == kind).Port;
}
