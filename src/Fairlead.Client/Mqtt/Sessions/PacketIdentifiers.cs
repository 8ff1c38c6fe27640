namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>
/// The Packet Identifiers in use by this client [MQTT-2.2.1-3]. They are given out in a circle, so that one just freed is not the next in
/// use: a late acknowledgment then finds nobody instead of the wrong one.
/// </summary>
internal sealed class PacketIdentifiers
{
    private readonly ulong[] _used = new ulong[1024];
    private ushort _last;
    private int _count;

    /// <summary>Takes a free identifier; 0 when all 65,535 are in use.</summary>
    public ushort Take()
    {
        if (_count == ushort.MaxValue)
            return 0;
        do
        {
            _last++;
        }
        while (_last == 0 || IsUsed(_last));
        _used[_last >> 6] |= 1UL << (_last & 63);
        _count++;
        return _last;
    }

    /// <summary>Gives an identifier back.</summary>
    public void Free(ushort id)
    {
        if (!IsUsed(id))
            return;
        _used[id >> 6] &= ~(1UL << (id & 63));
        _count--;
    }

    private bool IsUsed(ushort id) => (_used[id >> 6] & (1UL << (id & 63))) != 0;
}
