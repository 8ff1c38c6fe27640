namespace Fairlead.Protocols.Amqp;

/// <summary>Arithmetic of numbers that wrap at 2^32: delivery-id, delivery-count, transfer-id (RFC 1982, spec 7.4 rule 3).</summary>
public static class SerialNumber
{
    /// <summary>How far <paramref name="from"/> is before <paramref name="to"/>; negative when it is after.</summary>
    /// <param name="from">The one.</param>
    /// <param name="to">The other.</param>
    public static int Distance(uint from, uint to) => unchecked((int)(to - from));

    /// <summary>Whether one number comes before another.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool IsBefore(uint left, uint right) => Distance(left, right) > 0;
}
