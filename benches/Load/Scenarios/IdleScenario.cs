using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// Connections that say nothing: what each costs over the process without any.
internal sealed class IdleScenario() : Scenario("idle", "10,000 idle connections")
{
    private const long Pause = 500_000_000;
    private const double Same = 0.003;
    private const int SamplesAlike = 4;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        using Session session = context.Start();

        // One connection first: what a broker loads once is not what a connection costs.
        session.Connect([new LoadClient("first")], keepAlive: 600);
        MemorySample empty = Settle(session, context.Settings);
        LoadClient[] clients = [.. Enumerable.Range(0, context.Settings.IdleConnections).Select(i => new LoadClient($"idle-{i:D6}"))];
        session.Connect(clients, keepAlive: 600);
        MemorySample full = Settle(session, context.Settings);
        Interval interval = session.Measure(() => 0, () => session.For(TimeSpan.FromSeconds(context.Settings.Quick ? 2 : 5), () => Pause), profiled: false);
        int cut = clients.Count(client => client.WasCut);
        if (cut > 0)
            throw new BenchException($"{session.Broker.Name} cut {cut} of {clients.Length} idle connections.");
        return
        [
            (Measure.BytesEach, (double)(full.Proportional - empty.Proportional) / clients.Length),
            (Measure.BytesEachResident, (double)(full.Resident - empty.Resident) / clients.Length),
            (Measure.Memory, full.Resident / 1048576.0),
            (Measure.EmptyMemory, empty.Resident / 1048576.0),
            (Measure.IdleCpu, interval.BrokerCpu / interval.Seconds * 100),
        ];
    }

    // Memory is read when it has stopped changing, or when that takes too long.
    private static MemorySample Settle(Session session, RunSettings settings)
    {
        long end = session.Loop.Now + (long)settings.LongestSettling.TotalNanoseconds;
        MemorySample last = session.Broker.ReadMemory();
        int alike = 0;
        while (session.Loop.Now < end && alike < SamplesAlike)
        {
            session.For(TimeSpan.FromTicks(Pause / 100), () => Pause);
            MemorySample now = session.Broker.ReadMemory();
            alike = Math.Abs(now.Proportional - last.Proportional) <= Same * last.Proportional ? alike + 1 : 0;
            last = now;
        }

        return last;
    }
}
