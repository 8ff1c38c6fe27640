using static Fairlead.Server.Configuration.SettingFactory;

namespace Fairlead.Server.Configuration;

/// <summary>Settings of the rules engine.</summary>
internal static class RuleSettings
{
    private const long MiB = 1024 * 1024;

    /// <summary>All of them.</summary>
    public static IEnumerable<Setting> All() =>
    [
        Flag(
            "Rules:NotFoundAs404", "Whether operations on an unknown topic rule answer 404 ResourceNotFoundException; AWS answers 401 UnauthorizedException.",
            static o => o.Rules.NotFoundAs404, static (o, v) => o.Rules.NotFoundAs404 = v),
        Number(
            "Rules:MaximumRules", "Most topic rules.", "rules", 1, 100_000,
            static o => o.Rules.MaximumRules, static (o, v) => o.Rules.MaximumRules = (int)v),
        Number(
            "Rules:QueueLength", "Messages that wait for one rule, and calls that wait for one of its actions; for a further one the oldest is dropped.",
            "messages", 1, 10_000_000, static o => o.Rules.QueueLength, static (o, v) => o.Rules.QueueLength = (int)v),
        Size(
            "Rules:QueueSize", "Bytes of the messages that wait for one rule, and of the calls that wait for one of its actions.", MiB, 16L * 1024 * MiB,
            static o => o.Rules.QueueSize, static (o, v) => o.Rules.QueueSize = v),
        Number(
            "Rules:MaximumHops", "How often what follows from one message may be republished by rules, which ends rules that trigger each other.", "times", 1, 50,
            static o => o.Rules.MaximumHops, static (o, v) => o.Rules.MaximumHops = (int)v),
        Number(
            "Rules:Workers", "Rules evaluated at a time; 0 takes the number of processors less one, but at least one.", "rules", 0, 1024,
            static o => o.Rules.Workers, static (o, v) => o.Rules.Workers = (int)v),
        Number(
            "Rules:MaximumMetricSeries", "Series of fairlead_rule_metric that cloudwatchMetric actions may make; further ones fail.", "series", 0, 100_000,
            static o => o.Rules.MaximumMetricSeries, static (o, v) => o.Rules.MaximumMetricSeries = (int)v),
        Text(
            "Rules:SecretsDirectory", "Directory with the secrets that get_secret reads: one file each, named as the secret, of mode 0600.", "a directory",
            static o => o.Rules.SecretsDirectory, static (o, v) => o.Rules.SecretsDirectory = v, defaultText: "secrets in the data directory"),
    ];
}
