using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// The same with a kill -9 right after the last acknowledgement: what was acknowledged must be there after the restart.
internal sealed class DurableQueueScenario() : Scenario("queue-durable", "100,000 QoS 1 messages queued durably, kill -9, restart, drain")
{
    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        double memoryRate = FillInMemory(context);
        var queue = new QueueFill(context.Settings.QueuedMessages);
        Interval fill;
        MemorySample memory;
        using (Session session = context.Start(durable: true))
        {
            QueueFill.Prepare(session);
            fill = queue.Fill(session);
            session.Broker.Kill();
            memory = default;
        }

        long killedAt = EventLoop.ReadClock();
        using Session restarted = context.Start(durable: true);
        double restart = (EventLoop.ReadClock() - killedAt) / 1e6;
        memory = restarted.Broker.ReadMemory();
        Interval drain = queue.Drain(restarted);
        return
        [
            (Measure.FillRate, fill.Rate),
            (Measure.FillCpu, fill.BrokerCpuPerMillion),
            (Measure.MemoryFillRate, memoryRate),
            (Measure.DurableShare, fill.Rate / memoryRate),
            (Measure.Restart, restart),
            (Measure.DrainRate, drain.Rate),
            (Measure.Memory, memory.Resident / 1048576.0),
            (Measure.Lost, queue.Acknowledged - queue.Flow.Delivered),
            (Measure.Repeated, queue.Flow.Repeated),
        ];
    }

    private static double FillInMemory(RunContext context)
    {
        string data = Path.Combine(context.Data, "memory");
        Directory.CreateDirectory(data);
        using Session session = (context with { Data = data, Profiler = null }).Start();
        QueueFill.Prepare(session);
        return new QueueFill(context.Settings.QueuedMessages).Fill(session).Rate;
    }
}
