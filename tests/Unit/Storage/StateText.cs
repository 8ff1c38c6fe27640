using System.Globalization;
using System.Text;
using Fairlead.Broker.Durability;

namespace Fairlead.Unit.Storage;

/// <summary>Writes a state as text in a fixed order, so that two can be compared and a difference can be read.</summary>
internal static class StateText
{
    public static string Of(StoredState state)
    {
        var text = new StringBuilder();
        foreach (var session in state.Sessions.OrderBy(session => session.Record.Id)) Add(text, session);
        foreach (var message in state.Retained.OrderBy(message => message.TopicString, StringComparer.Ordinal)) text.Append("retained ").AppendLine(Of(message));
        foreach (var document in state.Documents.OrderBy(document => (document.Collection, document.Key)))
            text.AppendLine(CultureInfo.InvariantCulture, $"document {document.Collection} {document.Key} {Convert.ToHexString(document.Body.Span)}");
        return text.ToString();
    }

    public static string Of(Message message) => string.Create(
        CultureInfo.InvariantCulture,
        $"{message.TopicString} {message.QoS} {message.Retain} {message.CreatedAt} {message.ExpiresAt} {message.Payload.Length} {Convert.ToHexString(message.Payload[..Math.Min(8, message.Payload.Length)])} {Convert.ToHexString(message.Properties)}");

    private static void Add(StringBuilder text, StoredSession session)
    {
        text.AppendLine(session.Record.ToString());
        foreach (var subscription in session.Subscriptions.OrderBy(subscription => subscription.Filter, StringComparer.Ordinal)) text.AppendLine(subscription.ToString());
        foreach (var entry in session.Queue)
        {
            text.AppendLine(
                $"entry {entry.Id} {entry.QoS} {entry.Retain} {entry.PacketId} {entry.Released} [{string.Join(',', entry.SubscriptionIdentifiers)}] {entry.ShareFilter} {Of(entry.Message)}");
        }

        text.AppendLine($"inbound {string.Join(',', session.InboundPacketIds.Order())}");
        if (session.Will is { } will) text.AppendLine($"will {will.DelayInterval} {will.DueAt} {Of(will.Message)}");
    }
}
