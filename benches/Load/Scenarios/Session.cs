using System.Diagnostics;
using Fairlead.Load.Brokers;
using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// A started broker and the loop that loads it.
internal sealed class Session(BrokerProcess broker, Profiler? profiler, CancellationToken cancelled) : IDisposable
{
    private const int ParallelConnects = 32;
    private const long Tick = 20_000_000;
    private static readonly TimeSpan SetUpTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(2);

    private long _checkedAt;

    internal EventLoop Loop { get; } = new();

    internal BrokerProcess Broker { get; } = broker;

    // Nanoseconds of rest after every round of reads. Where much is under way at any time it costs no throughput, and it keeps the generator
    // from waking for every single packet of a broker that writes them one by one.
    internal long Rest { get; set; }

    public void Dispose()
    {
        Loop.Dispose();
        Broker.Dispose();
    }

    // Brings them all to their CONNACK, a few at a time: no broker should have to lean on its listen backlog.
    internal void Connect(IReadOnlyList<LoadClient> clients, bool clean = true, ushort keepAlive = 0)
    {
        int opened = 0;
        int accepted = 0;
        Until(
            () =>
            {
                while (accepted < opened && clients[accepted].IsAccepted)
                    accepted++;
                while (opened < clients.Count && opened - accepted < ParallelConnects)
                    clients[opened++].Connect(Loop, Broker.Address, clean, keepAlive);
                if (accepted < opened && (clients[accepted].WasCut || clients[accepted].Refused != 0))
                    throw new BenchException($"{Broker.Name} refused connection {accepted + 1} (CONNACK code {clients[accepted].Refused}). {Broker.LastWords}");
                return accepted == clients.Count;
            },
            SetUpTimeout,
            () => $"only {accepted} of {clients.Count} connections were accepted");
    }

    internal void Subscribe(IReadOnlyList<(LoadClient Client, IReadOnlyList<string> Filters)> subscriptions, int qos)
    {
        int wanted = 0;
        foreach ((LoadClient client, IReadOnlyList<string> filters) in subscriptions)
        {
            client.Subscribe(filters, qos);
            wanted += filters.Count;
        }

        Until(
            () => subscriptions.Sum(one => one.Client.FiltersGranted + one.Client.FiltersRefused) >= wanted,
            SetUpTimeout,
            () => $"{subscriptions.Sum(one => one.Client.FiltersGranted)} of {wanted} subscriptions were answered");
        int refused = subscriptions.Sum(one => one.Client.FiltersRefused);
        if (refused > 0)
            throw new BenchException($"{Broker.Name} refused {refused} of {wanted} subscriptions.");
    }

    internal void Until(Func<bool> isDone, TimeSpan timeout, Func<string> what)
    {
        long end = Loop.Now + (long)timeout.TotalNanoseconds;
        while (!isDone())
        {
            if (Loop.Poll(Tick) == 0)
                CheckBroker();
            if (Loop.Now > end)
                throw new BenchException($"{Broker.Name}: {what()} within {timeout.TotalSeconds:0} s. {Broker.LastWords}");
        }
    }

    // Goes on for that long; work is done before every look at the sockets and says how long they may be waited for.
    internal void For(TimeSpan duration, Func<long> work)
    {
        long end = Loop.Now + (long)duration.TotalNanoseconds;
        Work(() => Math.Min(work(), end - Loop.Now), () => Loop.Now >= end);
        CheckBroker();
    }

    internal void Work(Func<long> work, Func<bool> isDone)
    {
        while (!isDone())
        {
            if (Loop.Poll(Math.Max(0, work())) == 0)
                CheckBroker();
            else
                cancelled.ThrowIfCancellationRequested();
            if (Rest > 0)
                EventLoop.Rest(Rest);
        }
    }

    // Goes on while that number still changes, and not at all once it has arrived.
    internal void Settle(Func<long> progress, Func<bool> isDone)
    {
        long last = progress();
        long end = Loop.Now + (long)Stalled.TotalNanoseconds;
        while (!isDone() && Loop.Now < end)
        {
            if (Loop.Poll(Tick) == 0)
                CheckBroker();
            long now = progress();
            if (now == last)
                continue;
            last = now;
            end = Loop.Now + (long)Stalled.TotalNanoseconds;
        }
    }

    internal Interval Measure(Func<long> counter, Action run, bool profiled = true)
    {
        using IDisposable? profile = profiled ? profiler?.Attach(Broker) : null;
        double brokerBefore = Broker.ReadCpuSeconds();
        TimeSpan ownBefore = Process.GetCurrentProcess().TotalProcessorTime;
        Loop.Touch();
        long started = Loop.Now;
        long countBefore = counter();
        run();
        long ended = EventLoop.ReadClock();
        long count = counter() - countBefore;
        TimeSpan own = Process.GetCurrentProcess().TotalProcessorTime - ownBefore;
        return new Interval((ended - started) / 1e9, Broker.ReadCpuSeconds() - brokerBefore, own.TotalSeconds, count);
    }

    private void CheckBroker()
    {
        cancelled.ThrowIfCancellationRequested();

        // Asking whether a process lives is a system call: not on every empty look at the sockets.
        if (Loop.Now - _checkedAt < Tick)
            return;
        _checkedAt = Loop.Now;
        if (Broker.HasExited)
            throw new BenchException($"{Broker.Name} died under the load. {Broker.LastWords}");
    }
}
