namespace Fairlead.Load.Engine;

// For a subscriber that should get every message of its publishers: a jump in the numbers of a publisher is a loss.
internal sealed class OrderedArrivals(int publishers) : Arrivals
{
    private readonly uint[] _expected = new uint[publishers];

    internal override void Record(uint publisher, uint number, Flow flow)
    {
        uint expected = _expected[publisher];
        if (number < expected)
        {
            flow.Repeated++;
            return;
        }

        flow.Delivered++;
        flow.Missing += number - expected;
        _expected[publisher] = number + 1;
    }
}
