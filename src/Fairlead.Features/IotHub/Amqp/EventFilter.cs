using System.Globalization;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Where a reader of events starts (spec/azure-gateway, section 4.6).</summary>
/// <param name="Field">What is compared.</param>
/// <param name="Value">With what.</param>
/// <param name="IsInclusive">Whether the one that is equal is read too.</param>
internal readonly record struct EventFilter(EventFilterField Field, long Value, bool IsInclusive)
{
    private const string Name = "apache.org:selector-filter:string";

    /// <summary>Reads the filter of a link's source; without one reading starts at the oldest event.</summary>
    public static bool TryParse(AmqpMap? filters, out EventFilter filter)
    {
        filter = default;
        if (filters is null || !filters.TryGet(Name, out var found)) return true;
        var text = (found.AsDescribed()?.Value ?? found).AsText();
        return text is not null && TryParse(text, out filter);
    }

    /// <summary>Reads an expression, such as <c>amqp.annotation.x-opt-offset > '@latest'</c>.</summary>
    public static bool TryParse(string text, out EventFilter filter)
    {
        filter = default;
        var sign = text.IndexOf('>', StringComparison.Ordinal);
        if (sign < 0) return false;
        var field = text.AsSpan(0, sign).Trim() switch
        {
            "amqp.annotation.x-opt-offset" => EventFilterField.Sequence,
            "amqp.annotation.x-opt-sequence-number" => EventFilterField.Sequence,
            "amqp.annotation.x-opt-enqueued-time" or "amqp.annotation.x-opt-enqueuedtimeutc" => EventFilterField.Time,
            _ => EventFilterField.None,
        };
        var rest = text.AsSpan(sign + 1);
        var isInclusive = rest.StartsWith("=");
        var value = (isInclusive ? rest[1..] : rest).Trim().Trim('\'').Trim();
        if (field == EventFilterField.None) return false;
        if (value is "@latest" && field == EventFilterField.Sequence)
        {
            filter = new EventFilter(EventFilterField.Latest, 0, false);
            return true;
        }

        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return false;
        filter = new EventFilter(field, number, isInclusive);
        return true;
    }

    /// <summary>The sequence number behind which reading starts. An offset is a sequence number as text.</summary>
    /// <param name="log">The log.</param>
    /// <param name="partition">The partition.</param>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public long Start(IEventLog log, int partition) => Field switch
    {
        EventFilterField.Latest => log.Describe(partition).LastSequence,
        EventFilterField.Time => log.FindByTime(partition, IsInclusive ? Value - 1 : Value),
        EventFilterField.Sequence => Math.Max(0, IsInclusive ? Value - 1 : Value),
        _ => 0,
    };
}

/// <summary>What an <see cref="EventFilter"/> compares.</summary>
internal enum EventFilterField : byte
{
    /// <summary>Nothing: everything is read.</summary>
    None,

    /// <summary>Sequence number or offset.</summary>
    Sequence,

    /// <summary>Time of arrival.</summary>
    Time,

    /// <summary>What comes from now on.</summary>
    Latest,
}
