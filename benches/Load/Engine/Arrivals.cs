namespace Fairlead.Load.Engine;

// Looks at the number of every message that one subscriber gets.
internal abstract class Arrivals
{
    internal abstract void Record(uint publisher, uint number, Flow flow);
}
