namespace Fairlead.Broker.Diagnostics;

/// <summary>
/// One thread's part of the counters that every packet touches. Only its thread writes; readers add the shards up, so that counting
/// costs an addition and no shared cache line.
/// </summary>
internal sealed class CounterShard
{
    public long MessagesReceived0;
    public long MessagesReceived1;
    public long MessagesReceived2;
    public long MessagesSent0;
    public long MessagesSent1;
    public long MessagesSent2;
    public long BytesReceived;
    public long PublishBytesReceived;
    public long PublishBytesSent;
    public long PublishAllowed;
    public long ReceiveAllowed;

    /// <summary>A gauge in parts: one thread counts up, another down; the sum is right.</summary>
    public long Inflight;

    /// <summary>Counts one PUBLISH from a client.</summary>
    public void CountReceived(int qos, int payload)
    {
        if (qos == 0) MessagesReceived0++;
        else if (qos == 1) MessagesReceived1++;
        else MessagesReceived2++;
        PublishBytesReceived += payload;
    }

    /// <summary>Counts one PUBLISH to a client.</summary>
    public void CountSent(int qos, int payload)
    {
        if (qos == 0) MessagesSent0++;
        else if (qos == 1) MessagesSent1++;
        else MessagesSent2++;
        PublishBytesSent += payload;
    }
}
