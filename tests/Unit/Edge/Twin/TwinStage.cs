using System.Text;
using Fairlead.Edge.Twin;
using Fairlead.Unit.Client;
using Fairlead.Unit.Shadows;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Members = System.Collections.Generic.SortedDictionary<string, object>;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>A twin between a model of the hub and a test that plays the local applications, the spool and the link.</summary>
internal sealed class TwinStage
{
    public const string Device = "test:device";

    private readonly Queue<(string Topic, string Payload)> _fromHub = new();
    private readonly List<ShadowPublish> _held = [];
    private readonly List<(long Record, byte[] Payload)> _spool = [];
    private readonly HashSet<long> _sent = [];
    private long _records;

    public TwinStage(TwinOptions? options = null, MemoryTwinStore? store = null, ModelHub? hub = null)
    {
        Store = store ?? new MemoryTwinStore();
        Hub = hub ?? new ModelHub(options?.ThingName ?? Device);
        Options = options ?? new TwinOptions { DeviceId = Device };
        Twin = new TwinSession(Options, Store, Time, NullLogger<TwinSession>.Instance);
    }

    public TwinOptions Options { get; }

    public ManualTimeProvider Time { get; } = new();

    public MemoryTwinStore Store { get; }

    public ModelHub Hub { get; }

    public TwinSession Twin { get; }

    /// <summary>Requests since the last <see cref="Clear"/>, gets left out: <c>name operation state</c>, with <c>classic</c> for the classic shadow.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Gets since the last <see cref="Clear"/>, by shadow name.</summary>
    public List<string> Gets { get; } = [];

    /// <summary>Requests as they went out.</summary>
    public List<(string Topic, string Payload)> Published { get; } = [];

    /// <summary>What came out locally.</summary>
    public List<(string Topic, string Payload)> Local { get; } = [];

    public bool IsConnected { get; private set; }

    /// <summary>Whether requests are kept from the hub until <see cref="Release"/>.</summary>
    public bool IsHolding { get; set; }

    /// <summary>Requests kept from the hub.</summary>
    public int HeldCount => _held.Count;

    public int SpooledCount => _spool.Count;

    public static TwinStage Connected(TwinOptions? options = null)
    {
        var stage = new TwinStage(options);
        stage.Connect();
        stage.Clear();
        return stage;
    }

    /// <summary>The same device after the process began anew.</summary>
    public TwinStage Restarted(TwinOptions? options = null)
    {
        var again = new TwinStage(options ?? Options, Store, Hub) { _records = _records };
        again._spool.AddRange(_spool);
        return again;
    }

    public static string Envelope(string action, string path, string? value, string? headers = null, string thing = "test/device") =>
        $$"""{"topic":"{{thing}}/things/twin/commands/{{action}}","headers":{{headers ?? "{}"}},"path":"{{path}}"{{(value is null ? "" : $",\"value\":{value}")}}}""";

    public TwinFate Command(string action, string path, string? value = null, string? headers = null, string thing = "test/device") =>
        Accept(Envelope(action, path, value, headers, thing));

    public TwinFate Accept(string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        var verdict = Twin.Accept(bytes);
        if (verdict.Fate == TwinFate.Spool) _spool.Add((++_records, bytes));
        var flushed = Twin.FlushAsync(default).AsTask();
        flushed.IsCompleted.ShouldBeTrue();
        Do(verdict.Output);
        Run();
        return verdict.Fate;
    }

    /// <summary>Brings a state about, and forgets how.</summary>
    public TwinStage Given(string path, string value, string thing = "test/device")
    {
        Command("modify", path, value, thing: thing);
        Clear();
        return this;
    }

    public void Connect()
    {
        IsConnected = true;
        _sent.Clear();
        Do(Twin.OnHubConnected());
        Run();
    }

    public void Disconnect()
    {
        IsConnected = false;
        _fromHub.Clear();
        _held.Clear();
        Do(Twin.OnHubDisconnected());
    }

    /// <summary>The hub gets what was held, but its answers are lost with the link.</summary>
    public void LoseAnswers()
    {
        foreach (var publish in _held) _ = Hub.Handle(publish.Topic, Encoding.UTF8.GetString(publish.Payload.Span)).Count();
        Disconnect();
    }

    public void Advance(double seconds)
    {
        Time.Advance(TimeSpan.FromSeconds(seconds));
        Do(Twin.OnTime());
        Run();
    }

    /// <summary>An application at the hub publishes a request.</summary>
    public void Cloud(string name, string operation, string payload)
    {
        string topic = name.Length == 0 ? $"$aws/things/{Device}/shadow/{operation}" : $"$aws/things/{Device}/shadow/name/{name}/{operation}";
        foreach (var message in Hub.Handle(topic, payload))
        {
            if (IsConnected) _fromHub.Enqueue(message);
        }

        Run();
    }

    /// <summary>A message of the hub reaches the twin, whatever it is.</summary>
    public void FromHub(string suffix, string payload)
    {
        _fromHub.Enqueue(($"$aws/things/{Device}/shadow/{suffix}", payload));
        Run();
    }

    /// <summary>Lets so many held requests through.</summary>
    public void Release(int count = int.MaxValue)
    {
        foreach (var publish in _held.Take(count).ToArray())
        {
            _held.Remove(publish);
            Carry(publish);
        }

        Run();
    }

    public void Clear()
    {
        Requests.Clear();
        Gets.Clear();
        Published.Clear();
        Local.Clear();
    }

    /// <summary>Local messages of a subject, on the long topics.</summary>
    public List<Members> LocalOf(string subject) =>
        [.. Local.Where(m => m.Topic.StartsWith("command/", StringComparison.Ordinal) && m.Topic.EndsWith($"/{subject}", StringComparison.Ordinal)).Select(m => (Members)ModelJson.Parse(m.Payload))];

    public static string Sorted(string json) => ModelJson.Write(ModelJson.Parse(json));

    private void Run()
    {
        while (true)
        {
            if (_fromHub.TryDequeue(out var message))
            {
                Do(Twin.OnShadowMessage(message.Topic, Encoding.UTF8.GetBytes(message.Payload)));
                continue;
            }

            if (!IsConnected) return;
            int next = _spool.FindIndex(entry => !_sent.Contains(entry.Record));
            if (next < 0) break;
            var room = Twin.WaitForRoomAsync(default).AsTask();
            if (!room.IsCompletedSuccessfully) return;
            var (record, payload) = _spool[next];
            _sent.Add(record);
            Do(Twin.Send(record, payload));
        }

        if (_spool.Count > 0) return;
        int before = Published.Count;
        Do(Twin.OnDrained());
        if (Published.Count > before) Run();
    }

    private void Do(TwinOutput output)
    {
        foreach (var publish in output.Local) Local.Add((publish.Topic, Encoding.UTF8.GetString(publish.Payload.Span)));
        foreach (long record in output.Finished) _spool.RemoveAll(entry => entry.Record == record);
        while (Twin.Requests.TryRead(out var publish))
        {
            string payload = Encoding.UTF8.GetString(publish.Payload.Span);
            Published.Add((publish.Topic, payload));
            var (name, operation) = Hub.Parse(publish.Topic);
            if (operation == "get") Gets.Add(name);
            else Requests.Add(Describe(name, operation, payload));
            if (IsHolding) _held.Add(publish);
            else Carry(publish);
        }
    }

    private static string Describe(string name, string operation, string payload)
    {
        string shown = name.Length == 0 ? "classic" : name;
        return operation == "delete" ? $"{shown} delete" : $"{shown} {operation} {ModelJson.Write(((Members)ModelJson.Parse(payload))["state"])}";
    }

    private void Carry(ShadowPublish publish)
    {
        var answers = Hub.Handle(publish.Topic, Encoding.UTF8.GetString(publish.Payload.Span));
        Do(Twin.OnPublished(publish));
        foreach (var answer in answers) _fromHub.Enqueue(answer);
    }
}
