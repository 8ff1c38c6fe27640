namespace Fairlead.Edge.Remote;

/// <summary>
/// How fast messages may leave: a bucket of messages and one of bytes, each holding a second's worth (spec section 8.2). A taker goes into
/// debt and waits until it is paid, so that a message larger than the bucket is late, not stuck.
/// </summary>
internal sealed class SendPace(TimeProvider time, long messages, long bytes)
{
    private readonly Lock _gate = new();
    private double _messageRate = messages;
    private double _byteRate = bytes;
    private double _messages = messages;
    private double _bytes = bytes;
    private long _last = time.GetTimestamp();

    /// <summary>Changes the rates; 0 for no limit.</summary>
    public void Update(long messageRate, long byteRate)
    {
        lock (_gate)
        {
            Refill();
            (_messageRate, _byteRate) = (messageRate, byteRate);
            _messages = Math.Min(_messages, messageRate);
            _bytes = Math.Min(_bytes, byteRate);
        }
    }

    /// <summary>Takes room for a message.</summary>
    /// <param name="size">Its bytes.</param>
    /// <returns>How long to wait before it is sent; zero for not at all.</returns>
    public TimeSpan Take(int size)
    {
        lock (_gate)
        {
            Refill();
            double wait = 0;
            if (_messageRate > 0) wait = Math.Max(wait, -(_messages -= 1) / _messageRate);
            if (_byteRate > 0) wait = Math.Max(wait, -(_bytes -= size) / _byteRate);
            return TimeSpan.FromSeconds(wait);
        }
    }

    private void Refill()
    {
        long now = time.GetTimestamp();
        double seconds = time.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        _messages = Math.Min(_messageRate, _messages + (seconds * _messageRate));
        _bytes = Math.Min(_byteRate, _bytes + (seconds * _byteRate));
    }
}
