using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Load;

/// <summary>What a bench has counted so far; many tasks add to it.</summary>
internal sealed class BenchCounts
{
    private long _done;
    private long _failed;
    private long _rejected;
    private long _bytes;
    private BenchFailure? _firstError;

    public long Done => Interlocked.Read(ref _done);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>What was answered with a refusal.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    public long Bytes => Interlocked.Read(ref _bytes);

    public BenchFailure? FirstError => Volatile.Read(ref _firstError);

    public LatencyHistogram Latency { get; } = new();

    public void Succeed(int bytes)
    {
        Interlocked.Increment(ref _done);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Fail(MqttException error) => Fail(new BenchFailure(VerbRunner.ExitCodeOf(error), error.What, error.Why, error.Cure));

    public void Fail(BenchFailure error)
    {
        Interlocked.Increment(ref _failed);
        Interlocked.CompareExchange(ref _firstError, error, null);
    }

    public void Reject(BenchFailure error)
    {
        Interlocked.Increment(ref _rejected);
        Interlocked.CompareExchange(ref _firstError, error, null);
    }
}

/// <summary>Why something of a bench did not succeed.</summary>
/// <param name="ExitCode">Exit code for it.</param>
/// <param name="What">What failed.</param>
/// <param name="Why">Why.</param>
/// <param name="Cure">What to do.</param>
internal sealed record BenchFailure(int ExitCode, string What, string Why, string Cure);
