namespace Fairlead.Gateway.Http;

/// <summary>Bytes of message bodies that may be in memory at once (spec section 9.4 item 5).</summary>
/// <param name="most">Bytes.</param>
internal sealed class MemoryBudget(long most)
{
    private long _used;

    /// <summary>Bytes in use.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes; false when there are not as many.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= most) return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _used, -bytes);
}
