namespace Fairlead.Load.Reporting;

// What one scenario gave: the file artifacts/bench/NAME.json.
internal sealed record ScenarioReport(
    string Scenario,
    string Title,
    DateTimeOffset Date,
    bool Quick,
    IReadOnlyList<TargetReport> Targets,
    IReadOnlyList<MeasureReport> Measures,
    IReadOnlyList<string> Failures,
    IReadOnlyDictionary<string, string> Machine);
