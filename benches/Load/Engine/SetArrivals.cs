using System.Collections;

namespace Fairlead.Load.Engine;

// For messages that may come in any order and twice: every one is ticked off.
internal sealed class SetArrivals(int publishers, int perPublisher) : Arrivals
{
    private readonly BitArray _seen = new(publishers * perPublisher);

    internal override void Record(uint publisher, uint number, Flow flow)
    {
        int at = checked((int)((publisher * (uint)perPublisher) + number));
        if (_seen[at])
        {
            flow.Repeated++;
            return;
        }

        _seen[at] = true;
        flow.Delivered++;
    }
}
