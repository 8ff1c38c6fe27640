using System.Globalization;

namespace Fairlead.Conformance;

/// <summary>Client identifiers and topics that no other test uses.</summary>
internal static class Names
{
    private static readonly string Run = Guid.NewGuid().ToString("N")[..6];
    private static int _last;

    public static string Client() => string.Create(CultureInfo.InvariantCulture, $"c{Run}x{Interlocked.Increment(ref _last)}");

    public static string Topic() => string.Create(CultureInfo.InvariantCulture, $"t/{Run}/{Interlocked.Increment(ref _last)}");
}
