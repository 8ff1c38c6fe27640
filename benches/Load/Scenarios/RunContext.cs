using Fairlead.Load.Brokers;

namespace Fairlead.Load.Scenarios;

// What one run of a scenario gets to work with. The data directory is its own and goes away afterwards.
internal sealed record RunContext(Target Target, RunSettings Settings, string Data, Profiler? Profiler, CancellationToken Cancelled)
{
    internal Session Start(bool durable = false) => new(Target.Start(new StartOptions(durable, Data)), Profiler, Cancelled);
}
