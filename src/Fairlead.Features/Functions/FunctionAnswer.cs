namespace Fairlead.Features.Functions;

/// <summary>What a function answered.</summary>
/// <param name="Body">JSON as it came; empty after a failure.</param>
/// <param name="Failure">Why there is no answer, one sentence; null when there is one.</param>
internal readonly record struct FunctionAnswer(ReadOnlyMemory<byte> Body, string? Failure)
{
    /// <summary>No answer.</summary>
    public static FunctionAnswer Failed(string why) => new(default, why);
}
