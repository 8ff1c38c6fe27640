namespace Fairlead.Targets.Http;

/// <summary>What a server answered.</summary>
/// <param name="Fault">Why it did not; <see cref="HttpFault.None"/> when it did.</param>
/// <param name="Status">Status; 0 without an answer.</param>
/// <param name="Body">Body up to the limit.</param>
/// <param name="IsTooLong">Whether the body was longer than the limit and was not read further.</param>
/// <param name="Closes">Whether the server closes the connection after the answer.</param>
/// <param name="Problem">Why there is no answer, one phrase; empty when there is one.</param>
internal readonly record struct HttpAnswer(HttpFault Fault, int Status, ReadOnlyMemory<byte> Body, bool IsTooLong, bool Closes, string Problem)
{
    /// <summary>Whether the status is 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the server may answer otherwise when asked again.</summary>
    public bool MayPass => Fault != HttpFault.None || Status is 408 or 429 or (>= 500 and < 600);
}
