using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>Functions of the message and its connection (section 5.4).</summary>
internal static class ContextFunctions
{
    /// <summary>The functions.</summary>
    public static IEnumerable<SqlFunction> All =>
    [
        new("topic", SqlVersion.V2015, 0, 1, Topic),
        new("timestamp", SqlVersion.V2015, 0, 0, static (frame, _) => SqlValue.Of(frame.Now.ToUnixTimeMilliseconds())),
        Of("clientid", SqlVersion.V2015, static frame => frame.Message.ClientId),
        Of("principal", SqlVersion.V2015, static frame => frame.Message.PrincipalId),
        Of("accountid", SqlVersion.V2015, static frame => frame.Scope.AccountId),
        Of("traceid", SqlVersion.V2015, static frame => frame.Message.TraceId),
        Of("newuuid", SqlVersion.V2015, static _ => Guid.NewGuid().ToString("D")),
        Of("sql_version", SqlVersion.V2015, static frame => SqlVersions.Text(frame.Version)),
        Of("sourceip", SqlVersion.V2016, static frame => frame.Message.SourceIp),
        new("get_mqtt_property", SqlVersion.V2016, 1, 1, GetMqttProperty),
        new("get_user_properties", SqlVersion.V2016, 0, 1, GetUserProperties),
    ];

    /// <summary>Names that get_mqtt_property() takes.</summary>
    public static bool IsMqttProperty(string name) => name is "content_type" or "format_indicator" or "response_topic" or "correlation_data";

    private static SqlFunction Of(string name, SqlVersion since, Func<SqlFrame, string?> read) => new(name, since, 0, 0, (frame, _) =>
        read(frame) is { } text ? SqlValue.OfText(text) : default);

    private static SqlValue Topic(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        string topic = frame.Message.Topic;
        if (arguments.Length == 0) return SqlValue.OfText(topic);
        if (!SqlConversion.TryToWhole(arguments[0], out var level) || topic.Length == 0) return default;
        var wanted = level.Coefficient;
        if (wanted < 1 || wanted > topic.Length + 1) return default;
        int at = 0;
        for (long passed = 1; passed < wanted; passed++)
        {
            int slash = topic.IndexOf('/', at);
            if (slash < 0) return default;
            at = slash + 1;
        }

        int end = topic.IndexOf('/', at);
        return SqlValue.OfText(end < 0 ? topic[at..] : topic[at..end]);
    }

    private static SqlValue GetMqttProperty(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        var message = frame.Message;
        switch (arguments[0].Kind == SqlKind.String ? arguments[0].Text : "")
        {
            case "content_type":
                return message.ContentType is { } type ? SqlValue.OfText(type) : default;
            case "format_indicator":
                return message.FormatIndicator is { } format ? SqlValue.OfText(format == 1 ? "UTF8_DATA" : "UNSPECIFIED_BYTES") : default;
            case "response_topic":
                return message.ResponseTopic is { } topic ? SqlValue.OfText(topic) : default;
            case "correlation_data":
                return message.CorrelationData is { } data ? CollectionFunctions.ToBase64(data.Span) : default;
            default:
                return default;
        }
    }

    private static SqlValue GetUserProperties(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        var properties = frame.Message.UserProperties;
        var values = new List<SqlValue>(properties.Count);
        string? wanted = arguments.Length == 0 ? null : SqlConversion.ToText(arguments[0]);
        if (arguments.Length == 1 && wanted is null) return default;
        foreach (var (name, value) in properties)
        {
            if (wanted is null)
            {
                var member = new SqlObject(1);
                member.Set(name, SqlValue.OfText(value));
                values.Add(SqlValue.Of(member));
            }
            else if (string.Equals(name, wanted, StringComparison.Ordinal))
            {
                values.Add(SqlValue.OfText(value));
            }
        }

        return values.Count == 0 ? default : SqlValue.Of([.. values]);
    }
}
