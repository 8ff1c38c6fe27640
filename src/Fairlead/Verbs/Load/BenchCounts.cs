using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Load;

/// <summary>What a bench has counted so far; many tasks add to it.</summary>
internal sealed class BenchCounts
{
    private long _done;
    private long _failed;
    private long _bytes;
    private MqttException? _firstError;

    public long Done => Interlocked.Read(ref _done);

    public long Failed => Interlocked.Read(ref _failed);

    public long Bytes => Interlocked.Read(ref _bytes);

    public MqttException? FirstError => Volatile.Read(ref _firstError);

    public LatencyHistogram Latency { get; } = new();

    public void Succeed(int bytes)
    {
        Interlocked.Increment(ref _done);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Fail(MqttException error)
    {
        Interlocked.Increment(ref _failed);
        Interlocked.CompareExchange(ref _firstError, error, null);
    }
}
