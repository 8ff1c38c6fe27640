namespace Fairlead.Features.Logging;

/// <summary>Level of the structured events; each includes those before it (spec/aws-messaging, section 5.1).</summary>
internal enum EventLogLevel
{
    /// <summary>Nothing is written.</summary>
    Disabled,

    /// <summary>Failures.</summary>
    Error,

    /// <summary>What may become a failure.</summary>
    Warn,

    /// <summary>Successes.</summary>
    Info,

    /// <summary>Everything.</summary>
    Debug,
}

/// <summary>The names of levels in the API.</summary>
internal static class EventLogLevels
{
    /// <summary>Name of a level.</summary>
    public static string NameOf(EventLogLevel level) => level switch
    {
        EventLogLevel.Error => "ERROR",
        EventLogLevel.Warn => "WARN",
        EventLogLevel.Info => "INFO",
        EventLogLevel.Debug => "DEBUG",
        _ => "DISABLED",
    };

    /// <summary>The level of a name; null for another word.</summary>
    public static EventLogLevel? Parse(string name) => name switch
    {
        "DISABLED" => EventLogLevel.Disabled,
        "ERROR" => EventLogLevel.Error,
        "WARN" => EventLogLevel.Warn,
        "INFO" => EventLogLevel.Info,
        "DEBUG" => EventLogLevel.Debug,
        _ => null,
    };
}
