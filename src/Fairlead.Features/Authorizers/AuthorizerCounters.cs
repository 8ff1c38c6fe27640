namespace Fairlead.Features.Authorizers;

/// <summary>What authorizers have said.</summary>
internal sealed class AuthorizerCounters
{
    private readonly long[] _verdicts = new long[4];

    /// <summary>Verdicts of a kind; <see cref="RefusalKind.None"/> stands for grants.</summary>
    public long Verdicts(RefusalKind kind) => Interlocked.Read(ref _verdicts[(int)kind]);

    /// <summary>Counts a verdict.</summary>
    public AuthorizerVerdict Count(in AuthorizerVerdict verdict)
    {
        Interlocked.Increment(ref _verdicts[(int)verdict.Kind]);
        return verdict;
    }
}
