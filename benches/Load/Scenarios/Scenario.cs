using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// A way to load a broker. Run starts its own, and answers in the order in which the table shows the measures.
internal abstract class Scenario(string name, string title)
{
    internal string Name { get; } = name;

    internal string Title { get; } = title;

    // Whether it loads what a bare broker does not have: only our own runs then.
    internal virtual bool IsOurs => false;

    internal abstract IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context);
}
