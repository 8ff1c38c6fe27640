using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;
using Fairlead.Load.Native;

namespace Fairlead.Load.Brokers;

// A running broker, ended by its own process id.
internal sealed class BrokerProcess : IDisposable
{
    private const int TailLines = 5;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Queue<string> _tail = new();
    private readonly Lock _lock = new();

    private BrokerProcess(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    internal string Name { get; }

    internal int Id => _process.Id;

    internal int Port { get; set; }

    // With TLS; 0 when it does not listen so.
    internal int SecurePort { get; set; }

    // HTTP, of our own hub; 0 when it does not listen so.
    internal int HttpPort { get; set; }

    // AMQP, of our own hub; 0 when it does not listen so.
    internal int AmqpPort { get; set; }

    // Where a gateway takes HTTP/2 in the clear.
    internal int Http2Port { get; set; }

    internal IPv4Address Address => new(IPv4Address.Loopback, Port);

    internal bool HasExited => _process.HasExited;

    // The last lines it wrote to stderr, for the sentence that says why a scenario failed.
    internal string LastWords
    {
        get
        {
            lock (_lock)
                return string.Join(" / ", _tail);
        }
    }

    public void Dispose()
    {
        try
        {
            if (!_process.HasExited)
                _ = Libc.Kill(_process.Id, Libc.SignalTerminate);
            if (!_process.WaitForExit(StopTimeout))
                _process.Kill();
            _process.WaitForExit();
        }
        finally
        {
            _process.Dispose();
        }
    }

    internal static BrokerProcess Launch(string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, bool readsOutput = false)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach ((string key, string value) in environment)
            start.Environment[key] = value;
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new BenchException($"{command[0]} could not be started.");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new BenchException($"{command[0]} could not be started: {error.Message}.");
        }

        var broker = new BrokerProcess(name, process);
        process.ErrorDataReceived += (_, line) => broker.Remember(line.Data);
        process.BeginErrorReadLine();
        if (!readsOutput)
            process.BeginOutputReadLine();
        return broker;
    }

    // kill -9: no chance to write anything more.
    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    // Lines of stdout until the one that satisfies; what comes later is read and thrown away.
    internal void ReadOutputUntil(Func<string, bool> isLast)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (isLast(line))
            {
                _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return;
            }
        }

        _process.WaitForExit();
        throw new BenchException($"{Name} ended with code {_process.ExitCode} before it was ready: {LastWords}");
    }

    // For brokers that say nothing: ready is when the port takes a connection.
    internal void WaitForPort(TimeSpan timeout)
    {
        long end = EventLoop.ReadClock() + (long)timeout.TotalNanoseconds;
        while (EventLoop.ReadClock() < end)
        {
            if (_process.WaitForExit(TimeSpan.FromMilliseconds(5)))
                throw new BenchException($"{Name} ended with code {_process.ExitCode} before it was ready: {LastWords}");
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Connect(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                // Not listening yet.
            }
        }

        throw new BenchException($"{Name} did not listen on 127.0.0.1:{Port} within {timeout.TotalSeconds:0} s: {LastWords}");
    }

    internal MemorySample ReadMemory() => ProcessSample.ReadMemory(Id);

    internal double ReadCpuSeconds() => ProcessSample.ReadCpuSeconds(Id);

    private void Remember(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (_lock)
        {
            _tail.Enqueue(line);
            if (_tail.Count > TailLines)
                _tail.Dequeue();
        }
    }
}
