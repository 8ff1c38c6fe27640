namespace Fairlead.Gateway.Cloud;

/// <summary>
/// Lets open streams say now and then that they live, so that proxies keep them and a device that has gone is noticed. One turn a second for
/// all of them: a timer for each of twenty thousand streams costs more than the streams do.
/// </summary>
internal sealed class Heartbeats
{
    /// <summary>Seconds between two heartbeats of a stream (spec section 9.2).</summary>
    private const int Period = 15;

    private readonly Lock _gate = new();
    private readonly HashSet<DeviceStream>[] _turns = [.. Enumerable.Range(0, Period).Select(static _ => new HashSet<DeviceStream>())];
    private int _now;

    /// <summary>Adds a stream; its first heartbeat is a whole period away.</summary>
    /// <returns>Its turn, for <see cref="Remove"/>.</returns>
    public int Add(DeviceStream stream)
    {
        lock (_gate)
        {
            _turns[_now].Add(stream);
            return _now;
        }
    }

    /// <summary>Forgets a stream.</summary>
    public void Remove(DeviceStream stream, int turn)
    {
        lock (_gate) _turns[turn].Remove(stream);
    }

    /// <summary>Once a second.</summary>
    public void Turn()
    {
        lock (_gate)
        {
            _now = (_now + 1) % Period;
            foreach (var stream in _turns[_now]) stream.Beat();
        }
    }
}
