namespace Fairlead.Load.Measuring;

// What happened between two looks at the clock.
internal readonly record struct Interval(double Seconds, double BrokerCpu, double GeneratorCpu, long Count)
{
    internal double Rate => Count / Seconds;

    internal double BrokerCpuPerMillion => BrokerCpu / Math.Max(1, Count) * 1e6;

    internal double GeneratorCpuPerMillion => GeneratorCpu / Math.Max(1, Count) * 1e6;
}
