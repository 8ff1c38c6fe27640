namespace Fairlead.Features.Notifications.Topics;

/// <summary>Names of protocols in the API.</summary>
internal static class ProtocolNames
{
    private static readonly (string Name, Protocol Protocol)[] Known =
    [
        ("email", Protocol.Email), ("email-json", Protocol.EmailJson), ("http", Protocol.Http), ("https", Protocol.Https), ("lambda", Protocol.Lambda),
    ];

    /// <summary>Those that AWS has and this hub has not, each with the reason.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["sms"] = "this hub sends no text messages",
        ["application"] = "this hub has no push service of phones",
        ["firehose"] = "this hub delivers streams by the firehose action of a rule",
        ["sqs"] = "this hub fills queues by the sqs action of a rule",
    };

    /// <summary>Name of a protocol.</summary>
    public static string Name(this Protocol protocol) => Array.Find(Known, one => one.Protocol == protocol).Name;

    /// <summary>Whether it goes by mail.</summary>
    public static bool IsMail(this Protocol protocol) => protocol is Protocol.Email or Protocol.EmailJson;

    /// <summary>Whether it goes by HTTP POST.</summary>
    public static bool IsHttp(this Protocol protocol) => protocol is Protocol.Http or Protocol.Https;

    /// <summary>The protocol of a name.</summary>
    /// <exception cref="NotificationException">400: unknown, or not offered here.</exception>
    public static Protocol Parse(string name)
    {
        foreach (var (known, protocol) in Known)
        {
            if (known == name) return protocol;
        }

        var why = Refused.TryGetValue(name, out var reason) ? $" ({reason})" : "";
        throw NotificationException.Invalid($"Does not support this protocol string: {name}{why}");
    }
}
