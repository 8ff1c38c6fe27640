using System.Globalization;

namespace Fairlead.Chaos;

/// <summary>Where the randomness of a run comes from: CHAOS_SEED repeats a run, CHAOS_ROUNDS makes it longer or shorter.</summary>
public static class Seed
{
    /// <summary>The seed of this run.</summary>
    public static int Value { get; } = Number("CHAOS_SEED") ?? Environment.TickCount & 0xFFFFFF;

    /// <summary>Rounds of kill -9.</summary>
    public static int Rounds { get; } = Number("CHAOS_ROUNDS") ?? 50;

    /// <summary>A source of its own for a test, so that tests do not depend on each other's order. Prints the seed.</summary>
    public static Random For(string test)
    {
        var text = $"{test}: CHAOS_SEED={Value.ToString(CultureInfo.InvariantCulture)}";
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Console.WriteLine(text);
        return new Random(HashCode(test, Value));
    }

    private static int HashCode(string text, int seed) => text.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter));

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
