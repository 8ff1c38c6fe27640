namespace Fairlead.Features.Rules;

/// <summary>Settings of the rules engine.</summary>
public sealed class RulesOptions
{
    /// <summary>Whether operations on an unknown rule answer 404 ResourceNotFoundException; AWS answers 401 UnauthorizedException [U13].</summary>
    public bool NotFoundAs404 { get; set; }

    /// <summary>Most rules.</summary>
    public int MaximumRules { get; set; } = 10_000;

    /// <summary>Most messages that wait for one rule, and for one of its actions; the oldest is dropped for a further one.</summary>
    public int QueueLength { get; set; } = 10_000;

    /// <summary>Most bytes that they hold.</summary>
    public long QueueSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>How often what follows from one message may be republished, 1 to 50 [U22].</summary>
    public int MaximumHops { get; set; } = 10;

    /// <summary>Rules evaluated at a time; 0 takes the number of processors less one, but at least one.</summary>
    public int Workers { get; set; }

    /// <summary>Series that cloudwatchMetric actions may make; further ones fail.</summary>
    public int MaximumMetricSeries { get; set; } = 1_000;

    /// <summary>Hosts, with or without a port, that rules may call over plain http; this machine they always may.</summary>
    public IReadOnlyList<string> PlainHosts { get; set; } = [];

    /// <summary>Directory with the secrets of <c>get_secret</c>, one file each; empty for <c>secrets</c> in the data directory.</summary>
    public string SecretsDirectory { get; set; } = "";
}
