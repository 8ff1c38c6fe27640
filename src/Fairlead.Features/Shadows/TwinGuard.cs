using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.Shadows;

/// <summary>What a change of a twin is conditional on, and whether it merges.</summary>
/// <param name="ReportedVersion"><c>$version</c> of reported that must be the present one; null for any.</param>
/// <param name="ServiceVersion"><see cref="TwinCounters.ServiceVersion"/> that must be the present one; null for any.</param>
/// <param name="Replaces">Whether the sections given replace the stored ones.</param>
internal readonly record struct TwinGuard(long? ReportedVersion = null, long? ServiceVersion = null, bool Replaces = false)
{
    /// <summary>Whether the change may be made.</summary>
    public bool Holds(in TwinCounters present) =>
        (ReportedVersion is not { } reported || reported == present.Reported) && (ServiceVersion is not { } service || service == present.ServiceVersion);
}
