namespace Fairlead.Load.Reporting;

internal sealed record TargetReport(string Name, string Version);
