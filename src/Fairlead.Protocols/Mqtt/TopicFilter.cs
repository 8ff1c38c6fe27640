namespace Fairlead.Protocols.Mqtt;

/// <summary>Topic Filters: what a SUBSCRIBE asks for (MQTT 5, sections 4.7 and 4.8.2).</summary>
public static class TopicFilter
{
    private const string SharePrefix = "$share/";

    /// <summary>
    /// Whether the bytes are a Topic Filter: valid UTF-8, <c>#</c> only as the whole last level [MQTT-4.7.1-1], <c>+</c> only as a whole
    /// level [MQTT-4.7.1-2], and after <c>$share/</c> a ShareName and a filter [MQTT-4.8.2-1] [MQTT-4.8.2-2].
    /// </summary>
    /// <param name="utf8">The filter.</param>
    /// <returns>True when valid.</returns>
    public static bool IsValid(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MqttUtf8.MaxLength || !MqttUtf8.IsValid(utf8))
            return false;
        if (!utf8.StartsWith("$share/"u8))
            return HasValidWildcards(utf8);

        ReadOnlySpan<byte> rest = utf8["$share/"u8.Length..];
        int slash = rest.IndexOf((byte)'/');
        return slash > 0 && slash + 1 < rest.Length && !HasWildcard(rest[..slash]) && HasValidWildcards(rest[(slash + 1)..]);
    }

    /// <summary>Whether the string is a Topic Filter; a lone surrogate makes it none.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>True when valid.</returns>
    public static bool IsValid(string filter)
    {
        if (filter.Length is 0 or > MqttUtf8.MaxLength || !StrictUtf8.TryGetByteCount(filter, out int count) || count > MqttUtf8.MaxLength)
            return false;
        Span<byte> utf8 = count <= 512 ? stackalloc byte[count] : new byte[count];
        System.Text.Encoding.UTF8.GetBytes(filter, utf8);
        return IsValid(utf8);
    }

    /// <summary>Whether the filter asks for a Shared Subscription: it starts with <c>$share/</c>.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>True when shared.</returns>
    public static bool IsShared(string filter) => filter.StartsWith(SharePrefix, StringComparison.Ordinal);

    /// <summary>Splits <c>$share/{ShareName}/{filter}</c>; false when it is not of that form [MQTT-4.8.2-1] [MQTT-4.8.2-2].</summary>
    /// <param name="filter">The whole filter.</param>
    /// <param name="shareName">The ShareName.</param>
    /// <param name="innerFilter">The filter that topics are matched with.</param>
    /// <returns>True when it is; the inner filter's wildcards are judged by <see cref="IsValid(string)"/>.</returns>
    public static bool TryParseShared(string filter, out string shareName, out string innerFilter)
    {
        shareName = "";
        innerFilter = "";
        if (!IsShared(filter))
            return false;
        int slash = filter.IndexOf('/', SharePrefix.Length);
        if (slash <= SharePrefix.Length || slash + 1 >= filter.Length)
            return false;
        if (filter.AsSpan(SharePrefix.Length, slash - SharePrefix.Length).IndexOfAny('+', '#') >= 0)
            return false;
        shareName = filter[SharePrefix.Length..slash];
        innerFilter = filter[(slash + 1)..];
        return true;
    }

    /// <summary>Whether <c>+</c> or <c>#</c> stands in the filter.</summary>
    /// <param name="utf8">The filter.</param>
    /// <returns>True when it may match more than one topic.</returns>
    public static bool HasWildcard(ReadOnlySpan<byte> utf8) => TopicName.HasWildcard(utf8);

    /// <summary>
    /// Whether a topic matches a filter. Both must be valid, the filter not shared. <c>a/#</c> matches <c>a</c> too; a leading wildcard
    /// does not match a topic that starts with <c>$</c> [MQTT-4.7.2-1].
    /// </summary>
    /// <param name="filter">The Topic Filter.</param>
    /// <param name="topic">The Topic Name.</param>
    /// <returns>True on a match.</returns>
    public static bool Matches(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic)
    {
        if (TopicName.IsReserved(topic) && filter.Length > 0 && filter[0] is (byte)'+' or (byte)'#')
            return false;

        while (true)
        {
            int equal = filter.CommonPrefixLength(topic);
            filter = filter[equal..];
            topic = topic[equal..];
            if (filter.IsEmpty)
                return topic.IsEmpty;
            switch (filter[0])
            {
                case (byte)'#':
                    return true;
                case (byte)'+':
                    int slash = topic.IndexOf((byte)'/');
                    topic = slash < 0 ? default : topic[slash..];
                    filter = filter[1..];
                    break;
                default:
                    return topic.IsEmpty && filter.SequenceEqual("/#"u8);
            }
        }
    }

    private static bool HasValidWildcards(ReadOnlySpan<byte> filter)
    {
        int start = 0;
        while (true)
        {
            int wildcard = filter[start..].IndexOfAny((byte)'+', (byte)'#');
            if (wildcard < 0)
                return true;
            wildcard += start;
            bool first = wildcard == 0 || filter[wildcard - 1] == (byte)'/';
            bool last = wildcard + 1 == filter.Length;
            if (!first || (!last && (filter[wildcard] == (byte)'#' || filter[wildcard + 1] != (byte)'/')))
                return false;
            start = wildcard + 1;
        }
    }
}
