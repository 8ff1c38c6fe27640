using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Chaos.Edge;
using Fairlead.Shared;

namespace Fairlead.Chaos.Gateway;

/// <summary>
/// A consumer of the hub's events that is not ours (<c>event_reader.js</c>, made of rhea). It goes on behind the last event after each loss of
/// its connection, and notes when numbers of a partition do not grow.
/// </summary>
internal sealed class EventReader : IAsyncDisposable
{
    private const int Partitions = 4;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly List<LoggedEvent> _events = [];
    private readonly long[] _last = new long[Partitions];
    private readonly List<string> _faults = [];
    private int _attached;

    private EventReader(Process process) => _process = process;

    /// <summary>What has been read, each partition in its order.</summary>
    public LoggedEvent[] Events
    {
        get
        {
            lock (_events) return [.. _events];
        }
    }

    /// <summary>Numbers that did not grow.</summary>
    public string[] Faults
    {
        get
        {
            lock (_events) return [.. _faults];
        }
    }

    /// <summary>Starts it at the oldest event, and waits until it reads all partitions.</summary>
    /// <param name="hub">Address of a listener for AMQP in the clear.</param>
    /// <param name="token">Token of the policy <c>service</c>.</param>
    public static async Task<EventReader> StartAsync(Uri hub, string token)
    {
        var modules = Path.Combine(ProgramPath.Root, "tests", "Interop", "node", "node_modules");
        NeedRhea(modules);
        var script = Path.Combine(ProgramPath.Root, "tests", "Chaos", "Gateway", "event_reader.js");
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("node", [script, hub.Host, hub.Port.ToString(CultureInfo.InvariantCulture), "service@sas.root.hub.test", token, Partitions.ToString(CultureInfo.InvariantCulture)])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["NODE_PATH"] = modules },
            },
        };
        var reader = new EventReader(process);
        process.OutputDataReceived += (_, line) => reader.OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => reader._errors.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await Wait.UntilAsync(() => Volatile.Read(ref reader._attached) >= Partitions, () => $"the reader should attach:\n{reader.Log}", LongForm.Patience);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it wrote to its standard error.</summary>
    public string Log => string.Join('\n', _errors);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static void NeedRhea(string modules)
    {
        const string Otherwise = "The npm package rhea is missing: npm ci --prefix tests/Interop/node.";
        if (Directory.Exists(Path.Combine(modules, "rhea"))) return;
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)) Assert.Fail(Otherwise);
        Assert.Skip(Otherwise);
    }

    private void OnLine(string? line)
    {
        if (line is not ['{', ..]) return;
        var told = JsonNode.Parse(line)!.AsObject();
        var partition = (int)told["partition"]!;
        if ((string?)told["event"] == "reading")
        {
            Interlocked.Increment(ref _attached);
            return;
        }

        var item = new LoggedEvent(partition, (long)told["sequence"]!, (string)told["device"]!, (string?)told["id"], (string)told["text"]!);
        lock (_events)
        {
            if (item.Sequence <= _last[partition])
                _faults.Add(string.Create(CultureInfo.InvariantCulture, $"partition {partition}: {item.Sequence} after {_last[partition]}"));
            _last[partition] = item.Sequence;
            _events.Add(item);
        }
    }
}

/// <summary>An event as a consumer read it.</summary>
internal sealed record LoggedEvent(int Partition, long Sequence, string Device, string? Id, string Text);
