namespace Fairlead.Chaos.Edge;

/// <summary>
/// FAIRLEAD_LONG=1: the variants of the acceptance run with the numbers and times of the specification, which take half an hour; without it
/// in the short form, which shows the same faults in a minute or two.
/// </summary>
internal static class LongForm
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("FAIRLEAD_LONG") == "1";

    /// <summary>Longest wait for anything: a backlog of the long form takes minutes.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(IsOn ? 600 : 150);

    /// <summary>A figure for whoever runs it; on the standard output of the test.</summary>
    public static void Tell(FormattableString figure) => TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(figure));
}
