using System.Collections.Immutable;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Logging;

/// <summary>
/// Which level the structured log has for an event (spec/aws-messaging, section 5.1): a level of the thing group, client, address or
/// principal beats that of the event type, which beats that of the account; all are beaten by <c>disableAllLogs</c>. Of several that
/// fit, the most detailed counts. Takes no lock.
/// </summary>
internal sealed class LoggingLevels
{
    /// <summary>While nobody has said anything, refusals and failures are written.</summary>
    public const EventLogLevel Unconfigured = EventLogLevel.Error;

    private const string OptionsKey = "options";

    // They are frequent, and written only where somebody asked for them (spec/aws-messaging, section 5.1).
    private static readonly ImmutableHashSet<string> OnRequest = ["Ping", "Connection.AuthNError"];

    private readonly HubRecords _records;
    private volatile Snapshot _now = new(null, ImmutableDictionary<(string Type, string Name), EventLogLevel>.Empty);

    /// <summary>Makes the tables; before documents are loaded.</summary>
    public LoggingLevels(DocumentStore documents, HubRecords records)
    {
        _records = records;
        Options = new RecordTable<LoggingOptions>(documents, "logging-options", LoggingRecordJson.Default.LoggingOptions);
        Targets = new RecordTable<LoggingTarget>(documents, "logging-levels", LoggingRecordJson.Default.LoggingTarget);
        Options.Changed += (_, _, after) => _now = _now with { Options = after };
        Targets.Changed += OnTarget;
    }

    /// <summary>The options; null while nobody has set any.</summary>
    public LoggingOptions? Current => _now.Options;

    internal RecordTable<LoggingOptions> Options { get; }

    internal RecordTable<LoggingTarget> Targets { get; }

    /// <summary>Key of a target's record.</summary>
    public static string KeyOf(string type, string name) => $"{type} {name}";

    /// <summary>Makes or replaces the options. Under the gate.</summary>
    public void Save(LoggingOptions options) => Options.Save(OptionsKey, options);

    /// <summary>Whether events of a type that is written on request alone may be wanted: by its name, or by a level of some resource.</summary>
    /// <param name="eventType">Such as <c>Ping</c>.</param>
    public bool IsAskedFor(string eventType)
    {
        var now = _now;
        return now.Options is not { IsDisabled: true }
            && (!now.Targets.IsEmpty || now.Options?.Events.GetValueOrDefault(eventType) is { Level: not (null or EventLogLevel.Disabled) });
    }

    /// <summary>The level for an event: it is written when its own is not above.</summary>
    /// <param name="eventType">Such as <c>Publish-In</c>.</param>
    /// <param name="thingName">Thing that it concerns; null for none.</param>
    /// <param name="clientId">Client that it concerns; null for none.</param>
    /// <param name="sourceIp">Address that it came from; null when there is none.</param>
    /// <param name="principalId">Who caused it; null for nobody.</param>
    public EventLogLevel LevelFor(string eventType, string? thingName = null, string? clientId = null, string? sourceIp = null, string? principalId = null)
    {
        var now = _now;
        if (now.Options is { IsDisabled: true }) return EventLogLevel.Disabled;
        if (!now.Targets.IsEmpty && OfTargets(now, thingName, clientId, sourceIp, principalId) is { } level) return level;
        if (now.Options is null) return OnRequest.Contains(eventType) ? EventLogLevel.Disabled : Unconfigured;
        if (now.Options.Events.GetValueOrDefault(eventType) is { Level: { } own }) return own;
        return OnRequest.Contains(eventType) ? EventLogLevel.Disabled : now.Options.DefaultLevel;
    }

    private static EventLogLevel? Higher(EventLogLevel? one, Snapshot now, string type, string name) =>
        now.Targets.TryGetValue((type, name), out var other) && (one is null || other > one) ? other : one;

    private void OnTarget(string key, LoggingTarget? before, LoggingTarget? after)
    {
        var target = (after ?? before)!;
        var place = (target.Type, target.Name);
        _now = _now with { Targets = after is null ? _now.Targets.Remove(place) : _now.Targets.SetItem(place, after.Level) };
    }

    private EventLogLevel? OfTargets(Snapshot now, string? thingName, string? clientId, string? sourceIp, string? principalId)
    {
        EventLogLevel? level = null;
        if (clientId is not null) level = Higher(level, now, "CLIENT_ID", clientId);
        if (sourceIp is not null) level = Higher(level, now, "SOURCE_IP", sourceIp);
        if (principalId is not null) level = Higher(level, now, "PRINCIPAL_ID", principalId);
        if (thingName is null) return level;
        foreach (var direct in _records.GroupMemberships.LeftsOf(thingName).Keys)
        {
            for (var group = direct; group is not null; group = _records.ThingGroups.Find(group)?.ParentName)
                level = Higher(level, now, "THING_GROUP", group);
        }

        return level;
    }

    private sealed record Snapshot(LoggingOptions? Options, ImmutableDictionary<(string Type, string Name), EventLogLevel> Targets);
}
