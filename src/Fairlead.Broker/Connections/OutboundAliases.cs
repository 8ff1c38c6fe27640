namespace Fairlead.Broker.Connections;

/// <summary>
/// Topic aliases towards one client that asked for them: the first names get the numbers and keep them. Guarded by the output's lock,
/// because an alias must reach the wire before the packets that rely on it [MQTT-3.3.2-8].
/// </summary>
internal sealed class OutboundAliases(int maximum)
{
    private readonly byte[]?[] _topics = new byte[]?[maximum];
    private int _count;

    /// <summary>Looks a name up.</summary>
    /// <param name="topic">Topic Name.</param>
    /// <param name="known">Whether the client knows the alias already, so that the name can stay away.</param>
    /// <returns>The alias to send; 0 for none.</returns>
    public ushort Find(ReadOnlySpan<byte> topic, out bool known)
    {
        for (int i = 0; i < _count; i++)
        {
            if (!topic.SequenceEqual(_topics[i])) continue;
            known = true;
            return (ushort)(i + 1);
        }

        known = false;
        return _count < _topics.Length ? (ushort)(_count + 1) : (ushort)0;
    }

    /// <summary>Remembers a name under the alias that <see cref="Find"/> proposed, now that it is on its way.</summary>
    public void Add(ReadOnlySpan<byte> topic, ushort alias)
    {
        _topics[alias - 1] = topic.ToArray();
        _count = alias;
    }
}
