namespace Fairlead.Edge.Configuration;

/// <summary>The settings of the spool, of pace and of twins (spec sections 8, 13 and 14).</summary>
internal static class SpoolSettings
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<EdgeSetting> All { get; } =
    [
        new("spool.sync", SettingKind.Text, "interval", "When the spool is forced to disk: with each group, every 100 ms, or when the system likes.") { Choices = ["always", "interval", "never"] },
        new("spool.maxBytes", SettingKind.Number, "268435456", "Bytes of records that the spool holds.") { Least = 1 },
        new("spool.maxMessages", SettingKind.Number, "0", "Messages that the spool holds; 0 for no limit."),
        new("spool.linkMaxBytes", SettingKind.Number, "0", "Bytes that may wait for a link; beyond, its oldest are given up. 0 for no limit of its own.") { PerLink = true },
        new("spool.linkMaxMessages", SettingKind.Number, "0", "Messages that may wait for a link; the same.") { PerLink = true },
        new("spool.ttl", SettingKind.Number, "0", "Seconds after which a message that was not sent expires; 0 for never.") { Remote = true, Hot = true },
        new("spool.ttl.response", SettingKind.Number, "0", "The same for answers to commands; 0 takes spool.ttl.") { Remote = true, Hot = true },
        new("spool.ttl.event", SettingKind.Number, "0", "The same for events; 0 takes spool.ttl.") { Remote = true, Hot = true },
        new("spool.ttl.shadow", SettingKind.Number, "0", "The same for twin messages; 0 takes spool.ttl.") { Remote = true, Hot = true },
        new("spool.ttl.telemetry", SettingKind.Number, "0", "The same for telemetry; 0 takes spool.ttl.") { Remote = true, Hot = true },
        new("spool.maxBytes.response", SettingKind.Number, "0", "Bytes of answers held; 0 for no limit of their own."),
        new("spool.maxBytes.event", SettingKind.Number, "0", "Bytes of events held; 0 for no limit of their own."),
        new("spool.maxBytes.shadow", SettingKind.Number, "0", "Bytes of twin messages held; 0 for no limit of their own."),
        new("spool.maxBytes.telemetry", SettingKind.Number, "0", "Bytes of telemetry held; 0 for no limit of its own."),
        new("spool.overflow", SettingKind.Text, "dropOldest", "What happens when the spool is full.") { Choices = ["dropOldest", "dropNewest", "block"] },
        new("spool.order", SettingKind.Text, "fifo", "Order of sending: of arrival, or answers before events before twin messages before telemetry.") { Choices = ["fifo", "priority"] },
        new("spool.minShare", SettingKind.Number, "10", "Percent of the sending that the lower classes get in priority order.") { Most = 50 },
        new("spool.keepQos0", SettingKind.Flag, "true", "Keep QoS 0 messages while the link is down.") { Hot = true },
        new("spool.upgradeQos0", SettingKind.Flag, "false", "Send QoS 0 messages at QoS 1.") { Hot = true },
        new("spool.deadLetterBytes", SettingKind.Number, "16777216", "Bytes of messages kept that the remote endpoint cannot take; the oldest go first."),
        new("rate.profile", SettingKind.Text, "auto", "aws: 100 messages/s and 512 KiB/s; none; custom: rate.messages and rate.bytes; auto: aws when the address is one of AWS.")
        {
            PerLink = true, Hot = true, Remote = true, Choices = ["auto", "aws", "none", "custom"],
        },
        new("rate.messages", SettingKind.Number, "100", "Messages a second; a burst is a second's worth.") { PerLink = true, Hot = true, Remote = true, Least = 1 },
        new("rate.bytes", SettingKind.Number, "524288", "Bytes a second.") { PerLink = true, Hot = true, Remote = true, Least = 1 },
        new("rate.inflight", SettingKind.Number, "100", "Messages sent and not yet acknowledged.") { PerLink = true, Hot = true, Remote = true, Least = 1, Most = 10_000 },
        new("twin.enabled", SettingKind.Flag, "true", "aws: turn twin messages into shadow requests.") { PerLink = true },
        new("twin.patch", SettingKind.Text, "full", "full: the new values and nulls for what is gone; minimal: only what changed.") { Choices = ["full", "minimal"] },
        new("twin.offline", SettingKind.Text, "queue", "queue: each command in order; coalesce: one update for each shadow after the reconnect.") { Choices = ["queue", "coalesce"] },
        new("twin.ack", SettingKind.Text, "local", "When a command is answered: when the local twin has it, or when the cloud accepted it.") { Choices = ["local", "cloud"] },
        new("twin.responseDefault", SettingKind.Flag, "false", "Whether a command without the header response-required is answered."),
        new("twin.direction", SettingKind.Text, "both", "Which way shadows are kept the same.") { Choices = ["both", "toCloud", "fromCloud"] },
        new("twin.maxDepth", SettingKind.Number, "8", "Deepest nesting of a shadow section.") { Least = 1, Most = 64 },
        new("twin.maxBytes", SettingKind.Number, "8192", "Most bytes of state in one shadow request.") { Least = 1, Most = 131_072 },
        new("twin.maxOpen", SettingKind.Number, "10", "Shadow requests without an answer.") { Least = 1, Most = 100 },
        new("twin.retries", SettingKind.Number, "3", "How often a shadow request refused with 409, 429 or 5xx is tried again.") { Most = 100 },
        new("twin.answerTimeout", SettingKind.Number, "10", "Seconds to wait for an answer of the cloud where the command does not say.") { Least = 1, Most = 3600 },
        new("forwardTopicFilter", SettingKind.Text, "", "Regular expression; drops Ditto messages other than twin commands whose topic matches.") { PerLink = true, Hot = true, Remote = true },
    ];
}
