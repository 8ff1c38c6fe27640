using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Fairlead.Interop.Drivers;

/// <summary>A driver of MQTT clients. One process holds any number of clients.</summary>
public sealed class DriverProcess : IAsyncDisposable
{
    /// <summary>Only fails a broken run; nothing passes because of it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly ScriptProcess _script;
    private readonly ConcurrentDictionary<string, ForeignClient> _clients = new();

    private DriverProcess(Foreign library)
    {
        Library = library;
        var script = library switch
        {
            Foreign.Paho => "clients/paho_client.py",
            Foreign.MqttJs => "node/mqtt_client.js",
            _ => "node/aws_client.js",
        };
        _script = ScriptProcess.Start(script, Deadline, onEvent: OnEvent);
    }

    public Foreign Library { get; }

    /// <summary>Id of the process, for signals.</summary>
    public int ProcessId => _script.Id;

    public static DriverProcess Start(Foreign library)
    {
        Requirements.Need(library);
        return new DriverProcess(library);
    }

    /// <summary>Kills the process: its sockets close without a DISCONNECT.</summary>
    public Task KillAsync() => _script.KillAsync();

    public ValueTask DisposeAsync() => _script.DisposeAsync();

    internal void Register(ForeignClient client) => _clients[client.Name] = client;

    internal async Task<Answer> RequestAsync(string operation, string client, object? arguments = null)
    {
        var request = arguments is null ? [] : JsonSerializer.SerializeToNode(arguments, Json)!.AsObject();
        request["client"] = client;
        return (await _script.AskAsync(operation, request)).Deserialize<Answer>(Json)!;
    }

    private void OnEvent(JsonObject told)
    {
        if (_clients.TryGetValue(told["client"]!.GetValue<string>(), out var client)) client.OnEvent(told);
    }
}
