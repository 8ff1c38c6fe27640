namespace Fairlead.Features.Shadows;

/// <summary>Requests by operation, door and result.</summary>
internal sealed class ShadowCounters
{
    /// <summary>Results: accepted, then the codes of spec/aws-shadow, section 10.</summary>
    public static readonly IReadOnlyList<string> Results = ["accepted", "400", "403", "404", "409", "413", "415", "429", "500", "503"];

    private const int Doors = 3;
    private static readonly int[] Codes = [200, 400, 403, 404, 409, 413, 415, 429, 500, 503];
    private readonly long[] _counts = new long[4 * Doors * Codes.Length];

    /// <summary>Updates that were refused because the shadow had another version.</summary>
    public long Conflicts => Count(ShadowOperation.Update, ShadowDoor.Mqtt, "409") + Count(ShadowOperation.Update, ShadowDoor.Http, "409")
        + Count(ShadowOperation.Update, ShadowDoor.Twin, "409");

    /// <summary>Counts a request.</summary>
    /// <param name="operation">What was asked.</param>
    /// <param name="door">How it came.</param>
    /// <param name="refusal">Why it was refused; null when it was granted.</param>
    public void Add(ShadowOperation operation, ShadowDoor door, ShadowRefusal? refusal) =>
        Interlocked.Increment(ref _counts[Place(operation, door, refusal is null ? 0 : Array.IndexOf(Codes, refusal.Code))]);

    /// <summary>Requests so far.</summary>
    public long Count(ShadowOperation operation, ShadowDoor door, string result)
    {
        for (int i = 0; i < Results.Count; i++)
        {
            if (Results[i] == result) return Interlocked.Read(ref _counts[Place(operation, door, i)]);
        }

        return 0;
    }

    private static int Place(ShadowOperation operation, ShadowDoor door, int result) => ((((int)operation * Doors) + (int)door) * Codes.Length) + result;
}
