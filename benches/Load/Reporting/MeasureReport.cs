namespace Fairlead.Load.Reporting;

// One measure: every round of every target, the medians, and the first target's over the second's.
internal sealed record MeasureReport(
    string Key,
    string Title,
    string Unit,
    bool? HigherIsBetter,
    IReadOnlyDictionary<string, double[]> Rounds,
    IReadOnlyDictionary<string, double> Median,
    double? Ratio);
