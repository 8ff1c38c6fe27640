using static Fairlead.Server.Configuration.SettingFactory;

namespace Fairlead.Server.Configuration;

/// <summary>Settings of shadows: limits of AWS, in both profiles (spec/aws-shadow, section 11).</summary>
internal static class ShadowSettings
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Setting> All() =>
    [
        Number(
            "Shadows:MaximumDocumentSize", "Length of desired and reported of one shadow together, as compact JSON.", "bytes", 1024, 30_720,
            static o => o.Aws.Shadows.MaximumDocumentSize, static (o, v) => o.Aws.Shadows.MaximumDocumentSize = (int)v),
        Number(
            "Shadows:MaximumDepth", "Levels of objects and arrays in desired or reported.", "levels", 1, 64,
            static o => o.Aws.Shadows.MaximumDepth, static (o, v) => o.Aws.Shadows.MaximumDepth = (int)v),
        Number(
            "Shadows:MaximumInFlight", "Requests of one thing that may wait for their answer; one more is rejected with 429.", "requests", 1, 10_000,
            static o => o.Aws.Shadows.MaximumInFlight, static (o, v) => o.Aws.Shadows.MaximumInFlight = (int)v),
        Number(
            "Shadows:MaximumRate", "Requests to the shadows of one thing in a second; more are rejected with 429. AWS: 20. 0 for no limit.", "requests", 0, 1_000_000,
            static o => o.Aws.Shadows.MaximumRate, static (o, v) => o.Aws.Shadows.MaximumRate = (int)v),
        Flag(
            "Shadows:RequireRegisteredThing", "Whether updates for things that are not in the registry are rejected with 404.",
            static o => o.Aws.Shadows.RequireRegisteredThing, static (o, v) => o.Aws.Shadows.RequireRegisteredThing = v),
    ];
}
