using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// What an absent client's Session holds, in memory.
internal sealed class QueueScenario() : Scenario("queue", "100,000 QoS 1 messages queued for an absent session, in memory")
{
    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        using Session session = context.Start();
        var queue = new QueueFill(context.Settings.QueuedMessages);
        QueueFill.Prepare(session);
        Interval fill = queue.Fill(session);
        MemorySample memory = session.Broker.ReadMemory();
        Interval drain = queue.Drain(session);
        return
        [
            (Measure.FillRate, fill.Rate),
            (Measure.FillCpu, fill.BrokerCpuPerMillion),
            (Measure.DrainRate, drain.Rate),
            (Measure.DrainCpu, drain.BrokerCpuPerMillion),
            (Measure.GeneratorCpu, fill.GeneratorCpuPerMillion + drain.GeneratorCpuPerMillion),
            (Measure.Memory, memory.Resident / 1048576.0),
            (Measure.Lost, queue.Acknowledged - queue.Flow.Delivered),
            (Measure.Repeated, queue.Flow.Repeated),
        ];
    }
}
