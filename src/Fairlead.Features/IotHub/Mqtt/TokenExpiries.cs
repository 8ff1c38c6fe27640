using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.IotHub.Mqtt;

/// <summary>Ends connections whose token has run out (spec/azure-gateway 3.1): one timer, one entry for each connection that has a token.</summary>
internal sealed class TokenExpiries : IDisposable
{
    private const long LongestWait = 86_400_000;
    private readonly FeatureContext _context;
    private readonly Lock _lock = new();
    private readonly SortedSet<(long EndsAt, long ConnectionId)> _due = [];
    private readonly ITimer _timer;

    /// <summary>Makes an empty table.</summary>
    public TokenExpiries(FeatureContext context)
    {
        _context = context;
        _timer = context.Time.CreateTimer(static state => ((TokenExpiries)state!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A connection has come.</summary>
    /// <param name="connectionId">Its number.</param>
    /// <param name="endsAt">When its token is accepted no longer.</param>
    public void Add(long connectionId, DateTimeOffset endsAt)
    {
        lock (_lock)
        {
            _due.Add((endsAt.ToUnixTimeMilliseconds(), connectionId));
            if (_due.Min.ConnectionId == connectionId) Arm();
        }
    }

    /// <summary>A connection has gone.</summary>
    public void Remove(long connectionId, DateTimeOffset endsAt)
    {
        lock (_lock) _due.Remove((endsAt.ToUnixTimeMilliseconds(), connectionId));
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        var over = new List<long>();
        lock (_lock)
        {
            while (_due.Count > 0 && _due.Min.EndsAt <= _context.Now)
            {
                over.Add(_due.Min.ConnectionId);
                _due.Remove(_due.Min);
            }

            Arm();
        }

        foreach (var connection in over) _context.Broker.DisconnectConnection(connection, ReasonCode.NotAuthorized, "the token of the device has expired");
    }

    private void Arm() => _timer.Change(
        _due.Count == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Clamp(_due.Min.EndsAt - _context.Now, 0, LongestWait)), Timeout.InfiniteTimeSpan);
}
