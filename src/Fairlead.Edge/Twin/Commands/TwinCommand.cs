using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Edge.Ditto;
using Fairlead.Edge.Json;

namespace Fairlead.Edge.Twin.Commands;

/// <summary>A twin command of a local application: what it asks for and how it wants to be answered (spec/kanto-edge, sections 13.1, 13.2, 14).</summary>
internal sealed class TwinCommand
{
    private const int LongestToken = 64;

    private TwinCommand(DittoEnvelope envelope, TwinAction action, string child)
    {
        Topic = envelope.Topic;
        Action = action;
        Child = child;
        Path = envelope.Path ?? "/";
        Segments = JsonPointer.Split(Path);
        Headers = envelope.Headers;
        Fields = envelope.Fields;
        Value = envelope.ReadValue();
        CorrelationId = envelope.CorrelationId;
    }

    public DittoTopic Topic { get; }

    public TwinAction Action { get; }

    /// <summary>The part of the thing id behind <c>D:</c>; empty for the device itself.</summary>
    public string Child { get; }

    /// <summary>As it came; <c>/</c> when absent.</summary>
    public string Path { get; }

    /// <summary>Decoded segments of <see cref="Path"/>.</summary>
    public string[] Segments { get; }

    public JsonValue Headers { get; }

    /// <summary>Field selector of a retrieve; null when absent.</summary>
    public string? Fields { get; }

    /// <summary>Null when absent.</summary>
    public JsonValue? Value { get; }

    /// <summary>Null when absent or empty.</summary>
    public string? CorrelationId { get; }

    /// <summary>Header <c>response-required</c>; null when absent.</summary>
    public bool? IsResponseRequired => Headers["response-required"]?.AsBoolean();

    /// <summary>
    /// Header <c>timeout</c>: <c>500ms</c>, <c>10s</c>, <c>2m</c>, plain seconds; less than an hour. Null when absent or something else; zero
    /// means that no answer is waited for.
    /// </summary>
    public TimeSpan? Timeout => Headers["timeout"] is not { } header ? null : ParseTimeout(header.AsString() ?? Encoding.UTF8.GetString(header.Text.Span));

    /// <summary>Client token of its requests: the correlation id when that is short enough, else a digest of it; null without one.</summary>
    public string? Token => CorrelationId is null ? null
        : Encoding.UTF8.GetByteCount(CorrelationId) <= LongestToken ? CorrelationId
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CorrelationId)))[..32];

    /// <summary>Whether there is an <c>If-Match</c> that asks for a version, and which; -1 for one that no version can fulfil.</summary>
    public long? ExpectedVersion
    {
        get
        {
            var header = Headers["If-Match"] ?? Headers["if-match"];
            string? text = header?.AsString() ?? header?.AsInteger()?.ToString(CultureInfo.InvariantCulture);
            if (text is null or "*") return null;
            var tag = text.AsSpan().Trim().Trim('"');
            if (tag.StartsWith("rev:")) tag = tag["rev:".Length..];
            return long.TryParse(tag, NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? version : -1;
        }
    }

    /// <summary>
    /// Reads a command about the device or one of its children; null for every other message, which is not for the twin. Whether the
    /// thing id fits is not asked for a retrieve of the placeholder <c>_/_</c>.
    /// </summary>
    public static TwinCommand? TryRead(DittoEnvelope envelope, string deviceId)
    {
        var topic = envelope.Topic;
        if (topic.Group != "things" || topic.Channel != "twin" || topic.Criterion != "commands" || envelope.HasStatus) return null;
        TwinAction? action = topic.Action switch
        {
            "create" => TwinAction.Create,
            "modify" => TwinAction.Modify,
            "merge" => TwinAction.Merge,
            "delete" => TwinAction.Delete,
            "retrieve" => TwinAction.Retrieve,
            _ => null,
        };
        if (action is not { } known) return null;
        if (known == TwinAction.Retrieve && topic is { Namespace: "_", Name: "_" }) return new TwinCommand(envelope, known, "");
        return ChildOf(topic.ThingId, deviceId) is { } child ? new TwinCommand(envelope, known, child) : null;
    }

    /// <summary>The part of a thing id behind the device id; empty for the device itself, null for a foreign thing.</summary>
    public static string? ChildOf(string thingId, string deviceId) =>
        thingId == deviceId ? ""
        : thingId.Length > deviceId.Length + 1 && thingId[deviceId.Length] == ':' && thingId.StartsWith(deviceId, StringComparison.Ordinal) ? thingId[(deviceId.Length + 1)..]
        : null;

    private static TimeSpan? ParseTimeout(string text)
    {
        (string digits, int factor) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 1),
            _ when text.EndsWith('s') => (text[..^1], 1_000),
            _ when text.EndsWith('m') => (text[..^1], 60_000),
            _ => (text, 1_000),
        };
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return null;
        var timeout = TimeSpan.FromMilliseconds((double)number * factor);
        return timeout < TimeSpan.FromHours(1) ? timeout : null;
    }
}
