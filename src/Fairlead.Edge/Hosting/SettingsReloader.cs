using Fairlead.Edge.Configuration;
using Fairlead.Edge.Logging;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Hosting;

/// <summary>Puts changed settings into force while the connector runs; names those that need a restart (spec sections 16 and 17.12).</summary>
internal sealed class SettingsReloader(EdgeLoggerFactory loggers)
{
    private readonly Lock _gate = new();
    private readonly ILogger _log = loggers.CreateLogger("edge");
    private EdgeParts? _parts;

    /// <summary>Says what it works on.</summary>
    public void Attach(EdgeParts parts) => _parts = parts;

    /// <summary>Takes a configuration; one with a fault is refused as a whole.</summary>
    /// <returns>What is wrong; null when it is in force.</returns>
    public ConfigurationProblem? Apply(EdgeConfiguration configuration)
    {
        var parts = _parts!;
        foreach (var remark in configuration.Problems.Where(static problem => problem.ExitCode == 0)) _log.ConfigurationRemark(remark.ToString());
        if (configuration.Options is not { } fresh)
        {
            _log.ReloadRefused(configuration.Fault!.ToString());
            return configuration.Fault;
        }

        lock (_gate)
        {
            var (hot, cold) = Compare(parts.Options, fresh);
            var links = parts.Options.Links.Select(link => Merge(link, fresh.Links.FirstOrDefault(other => other.Name == link.Name))).ToList();
            parts.Options = parts.Options with
            {
                Links = links,
                Log = parts.Options.Log with { Level = fresh.Log.Level, Payloads = fresh.Log.Payloads },
                KeepsQos0 = fresh.KeepsQos0,
                AnnouncesErrors = fresh.AnnouncesErrors,
                RetainsDeviceInfo = fresh.RetainsDeviceInfo,
                Values = fresh.Values,
            };
            parts.Intake.Options = parts.Options;
            loggers.Level = fresh.Log.Level;
            parts.Spool.Update(SpoolOptionsBuilder.BuildLimits(fresh.Values));
            foreach (var (link, options) in parts.Links.Links.Zip(links)) link.Update(options);
            parts.Twin?.UpdateFilters(links);
            _log.Reloaded(Name(hot), Name(cold));
        }

        return null;
    }

    private static LinkOptions Merge(LinkOptions old, LinkOptions? fresh) => fresh is null
        ? old
        : old with
        {
            TopicFilter = fresh.TopicFilter,
            ForwardTopicFilter = fresh.ForwardTopicFilter,
            PayloadFilters = fresh.PayloadFilters,
            StrictResponses = fresh.StrictResponses,
            MessageRate = fresh.MessageRate,
            ByteRate = fresh.ByteRate,
            Inflight = fresh.Inflight,
            Values = fresh.Values,
        };

    private static (List<string> Hot, List<string> Cold) Compare(EdgeOptions old, EdgeOptions fresh)
    {
        List<string> hot = [];
        List<string> cold = [];
        foreach (var setting in EdgeValues.Settings.Where(static setting => !setting.FlagOnly))
        {
            bool changed = !old.Values.List(setting.Key).SequenceEqual(fresh.Values.List(setting.Key), StringComparer.Ordinal);
            if (changed) (setting.Hot ? hot : cold).Add(setting.Key);
        }

        return (hot, cold);
    }

    private static string Name(List<string> keys) => keys.Count == 0 ? "none" : string.Join(", ", keys);
}
