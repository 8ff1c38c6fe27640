using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Hosting;

namespace Fairlead.Gateway.Upstream;

/// <summary>
/// The connections of one kind of credential, filled one after the other (spec section 9.4 item 1). One more than needed is kept ready, so
/// that the device which would not fit any more does not wait for a handshake.
/// </summary>
/// <param name="settings">What connections share.</param>
/// <param name="policy">Policy that authorises the connections; null when each device has a token of its own.</param>
internal sealed class ConnectionPool(PoolSettings settings, PolicyKey? policy) : IAsyncDisposable
{
    private static readonly TimeSpan LongestEmpty = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly List<PooledConnection> _connections = [];
    private int _lastNumber;
    private bool _closed;

    /// <summary>Kind of credential, for metrics: <c>policy</c> or <c>token</c>.</summary>
    public string Kind { get; } = policy is null ? "token" : "policy";

    /// <summary>The connections.</summary>
    public IReadOnlyList<PooledConnection> Connections
    {
        get
        {
            lock (_gate) return [.. _connections];
        }
    }

    /// <summary>Opens the first connection, so that faults of the settings show at the start.</summary>
    public void Warm()
    {
        lock (_gate)
        {
            if (_connections.Count == 0) Add();
        }
    }

    /// <summary>Finds a place for a device in the fullest way: the first connection with room.</summary>
    /// <returns>Null when the pool is full.</returns>
    public PooledConnection? Place(IPoolTenant tenant)
    {
        lock (_gate)
        {
            var place = _connections.FirstOrDefault(connection => connection.TryEnter(tenant));
            if (place is null && Add() is { } fresh && fresh.TryEnter(tenant)) place = fresh;
            KeepSpare();
            return place;
        }
    }

    /// <summary>Closes connections that have been empty for long; the first stays.</summary>
    public void Sweep()
    {
        List<PooledConnection> idle = [];
        lock (_gate)
        {
            foreach (var connection in _connections.Skip(1).Reverse())
            {
                if (connection.Count > 0 || settings.Time.GetElapsedTime(connection.EmptySince) < LongestEmpty || RoomWithout(connection) < Reserve) continue;
                idle.Add(connection);
            }

            foreach (var connection in idle) _connections.Remove(connection);
        }

        foreach (var connection in idle) _ = CloseAsync(connection);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        PooledConnection[] all;
        lock (_gate)
        {
            _closed = true;
            all = [.. _connections];
            _connections.Clear();
        }

        await Task.WhenAll(all.Select(static connection => connection.DisposeAsync().AsTask()));
    }

    private int Reserve => Math.Max(1, settings.Options.IdentitiesPerConnection / 20);

    // A spare connection when less than a twentieth of one is free (spec section 9.4 item 1).
    private void KeepSpare()
    {
        if (RoomWithout(null) < Reserve) Add();
    }

    private int RoomWithout(PooledConnection? left) =>
        _connections.Where(connection => connection != left).Sum(connection => settings.Options.IdentitiesPerConnection - connection.Count);

    private PooledConnection? Add()
    {
        if (_closed || _connections.Count >= settings.Options.MaxPoolSize) return null;
        var connection = new PooledConnection(++_lastNumber, settings, policy);
        _connections.Add(connection);
        connection.Start();
        return connection;
    }

    private async Task CloseAsync(PooledConnection connection)
    {
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception exception)
        {
            settings.Log.LoopFailed(exception);
        }
    }
}
