using System.Collections.Immutable;
using System.Text;
using System.Xml;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Notifications.Topics;

/// <summary>What texts of topics and subscriptions may be.</summary>
internal static class NotificationText
{
    private const int LongestDisplayName = 100;
    private const int LongestSubject = 99;
    private const int LongestAddress = 254;
    private const int LongestUrl = 2048;
    private const int MostTags = 50;
    private const int LongestTagKey = 128;
    private const int LongestTagValue = 256;

    /// <summary>Name of the sender in mails.</summary>
    public static string DisplayName(string text) => text.Length <= LongestDisplayName && IsLine(text)
        ? text
        : throw NotificationException.Invalid($"DisplayName must be one line of at most {LongestDisplayName} characters");

    /// <summary>Subject of a message: one line of 1 to 99 characters.</summary>
    public static string? Subject(string? text) => text is null || (text.Length is > 0 and <= LongestSubject && IsLine(text) && text[0] != ' ')
        ? text
        : throw NotificationException.Invalid("Subject must be one line of 1 to 99 characters that does not begin with a blank");

    /// <summary>true or false.</summary>
    public static bool Flag(string text, string name) => text switch
    {
        _ when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        _ when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        _ => throw NotificationException.Invalid($"{name} must be true or false"),
    };

    /// <summary>Endpoint of a subscription, as its protocol asks.</summary>
    public static string Endpoint(Protocol protocol, string? text)
    {
        if (string.IsNullOrEmpty(text)) throw NotificationException.Invalid("Endpoint is missing");
        if (protocol.IsMail()) return IsAddress(text) ? text : throw NotificationException.Invalid("Email address");
        if (!protocol.IsHttp()) return text.Length <= LongestUrl && IsLine(text) ? text : throw NotificationException.Invalid("Endpoint");
        var isUrl = text.Length <= LongestUrl && IsLine(text) && Uri.TryCreate(text, UriKind.Absolute, out var url) &&
            url.Host.Length > 0 && url.UserInfo.Length == 0 && url.Fragment.Length == 0;
        if (!isUrl) throw NotificationException.Invalid("Endpoint must be a URL without user name and fragment");
        return text.StartsWith(protocol.Name() + "://", StringComparison.OrdinalIgnoreCase)
            ? text
            : throw NotificationException.Invalid("Endpoint must match the specified protocol");
    }

    /// <summary>Adds tags; those of the same key get the new value.</summary>
    public static ImmutableSortedDictionary<string, string> Add(
        ImmutableSortedDictionary<string, string> present, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        var then = present.ToBuilder();
        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > LongestTagKey || !TagPatterns.Key().IsMatch(key) || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
                throw NotificationException.Invalid($"Tag keys must have 1 to {LongestTagKey} characters of {TagPatterns.KeyText} and not begin with aws:");
            if (value.Length > LongestTagValue || !IsLine(value)) throw NotificationException.Invalid($"Tag values must be one line of at most {LongestTagValue} characters");
            then[key] = value;
        }

        return then.Count <= MostTags
            ? then.ToImmutable()
            : throw new NotificationException(400, "TagLimitExceeded", $"a topic must have at most {MostTags} tags; these would be {then.Count}");
    }

    /// <summary>Whether a text can stand in one line of a header and in XML.</summary>
    public static bool IsLine(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var unit = text[i];
            if (char.IsControl(unit)) return false;
            if (char.IsHighSurrogate(unit) && i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], unit)) i++;
            else if (!XmlConvert.IsXmlChar(unit)) return false;
        }

        return true;
    }

    /// <summary>Bytes of a text in UTF-8.</summary>
    public static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    // What a mail server finally takes is for it to say: this keeps out what could be no address, or two.
    private static bool IsAddress(string text)
    {
        if (text.Length > LongestAddress || !IsLine(text)) return false;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at is < 1 or > 64 || at != text.LastIndexOf('@') || at == text.Length - 1) return false;
        foreach (var unit in text)
        {
            if (unit is ' ' or ',' or ';' or '<' or '>' or '(' or ')' or '[' or ']' or '"' or '\\' or ':') return false;
        }

        var domain = text[(at + 1)..];
        return Array.TrueForAll(domain.Split('.'), static label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-') &&
            text[0] != '.' && text[at - 1] != '.' && !text[..at].Contains("..", StringComparison.Ordinal);
    }
}
