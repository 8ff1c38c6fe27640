namespace Fairlead.Broker.Connections;

/// <summary>
/// How many messages one connection may have in a second, in both directions together (spec/aws-messaging 1.14). Off by default. Counts
/// with what the connection counts anyway, so that a message that is not limited costs nothing.
/// </summary>
internal struct MessageRate
{
    private long _second;
    private long _countBefore;

    /// <summary>How many messages there were in the second at hand, this one not included.</summary>
    /// <param name="uptime">Milliseconds that never jump.</param>
    /// <param name="count">All messages of the connection so far.</param>
    public long InThisSecond(long uptime, long count)
    {
        long second = (uptime / 1000) + 1;
        if (second != _second) (_second, _countBefore) = (second, count);
        return count - _countBefore;
    }
}
