namespace Fairlead.Load.Scenarios;

// How long and how much: --quick is for seeing that it works, not for figures.
internal sealed record RunSettings(bool Quick, double? Seconds = null)
{
    internal TimeSpan WarmUp => TimeSpan.FromSeconds(Quick ? 2.5 : 4);

    internal TimeSpan Measured => TimeSpan.FromSeconds(Seconds ?? (Quick ? 2 : 6));

    internal TimeSpan Paced => TimeSpan.FromSeconds(Seconds ?? (Quick ? 4 : 15));

    internal int IdleConnections => Quick ? 2_000 : 10_000;

    internal TimeSpan LongestSettling => TimeSpan.FromSeconds(Quick ? 4 : 15);

    internal int QueuedMessages => Quick ? 20_000 : 100_000;

    internal int GatewayDevices => Quick ? 2_000 : 20_000;

    internal int SpooledMessages => Quick ? 20_000 : 1_000_000;
}
