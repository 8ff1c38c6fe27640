using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Fairlead.Features.Api;

namespace Fairlead.Features.IotHub.Messages;

/// <summary>
/// The properties of a message as the last level of an MQTT topic (spec/azure-gateway 3.3): percent-encoded pairs, the hub's own names behind
/// <c>$.</c>. Hostile bags are values: reading says no.
/// </summary>
internal static class PropertyBag
{
    private const string IsoForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Reads a bag.</summary>
    /// <param name="bag">The level as it stands in the topic; a <c>?</c> before it and a slash behind it are let pass, as clients send them.</param>
    /// <param name="body">Body of the message.</param>
    /// <param name="message">The message.</param>
    /// <returns>False when something is not well-formed percent-encoded UTF-8.</returns>
    public static bool TryRead(ReadOnlySpan<char> bag, ReadOnlyMemory<byte> body, [NotNullWhen(true)] out IotMessage? message)
    {
        message = null;
        if (bag.StartsWith('?')) bag = bag[1..];
        if (bag.EndsWith('/')) bag = bag[..^1];
        var draft = new Draft();
        foreach (var range in bag.Split('&'))
        {
            var pair = bag[range];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf('=');
            string? value = null;
            if (!RawTarget.TryDecode((equals < 0 ? pair : pair[..equals]).ToString(), out var name)) return false;
            if (equals >= 0 && !RawTarget.TryDecode(pair[(equals + 1)..].ToString(), out value)) return false;
            draft.Take(name, value);
        }

        message = draft.ToMessage(body);
        return true;
    }

    /// <summary>Writes a bag; empty for a message without properties.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="message">The message.</param>
    /// <param name="withAddress">Whether its address goes along: devices are told it, the topic of their own messages says it already.</param>
    public static void Write(StringBuilder output, IotMessage message, bool withAddress)
    {
        var start = output.Length;
        if (withAddress) Append("%24.to", message.To);
        Append("%24.mid", message.MessageId);
        Append("%24.cid", message.CorrelationId);
        Append("%24.uid", message.UserId);
        Append("%24.ct", message.ContentType);
        Append("%24.ce", message.ContentEncoding);
        if (message.ExpiresAt is { } expires) Append("%24.exp", expires.UtcDateTime.ToString(IsoForm, CultureInfo.InvariantCulture));
        Append("%24.ctime", message.CreatedAt);
        Append("%24.schema", message.Schema);
        Append("%24.on", message.OutputName);
        Append("%24.sub", message.Subject);
        Append("%24.ifid", message.InterfaceId);
        Append("%24.diagid", message.DiagnosticId);
        Append("%24.diagctx", message.DiagnosticContext);
        if (message.Ack != AckRequest.None) Append("iothub-ack", message.Ack.ToText());
        Append("iothub-operation", message.Operation);
        foreach (var (name, value) in message.Properties)
        {
            Separate();
            output.Append(Uri.EscapeDataString(name));
            if (value is not null) output.Append('=').Append(Uri.EscapeDataString(value));
        }

        void Append(string name, string? value)
        {
            if (value is null) return;
            Separate();
            output.Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        void Separate()
        {
            if (output.Length > start) output.Append('&');
        }
    }

    /// <summary>A message while its properties are read.</summary>
    private struct Draft
    {
        private IotMessage _message;
        private List<KeyValuePair<string, string?>>? _properties;

        public Draft() => _message = Empty;

        private static IotMessage Empty { get; } = new();

        public void Take(string name, string? value)
        {
            switch (name)
            {
                case "$.mid": _message = _message with { MessageId = value }; break;
                case "$.cid": _message = _message with { CorrelationId = value }; break;
                case "$.uid": _message = _message with { UserId = value }; break;
                case "$.to": _message = _message with { To = value }; break;
                case "$.ct": _message = _message with { ContentType = value }; break;
                case "$.ce": _message = _message with { ContentEncoding = value }; break;
                case "$.exp": _message = _message with { ExpiresAt = TimeOf(value) }; break;
                case "$.ctime": _message = _message with { CreatedAt = value }; break;
                case "$.on": _message = _message with { OutputName = value }; break;
                case "$.schema": _message = _message with { Schema = value }; break;
                case "$.sub": _message = _message with { Subject = value }; break;
                case "$.ifid": _message = _message with { InterfaceId = value }; break;
                case "$.diagid": _message = _message with { DiagnosticId = value }; break;
                case "$.diagctx": _message = _message with { DiagnosticContext = value }; break;
                // Who sends is known from the connection; what the sender says about it counts for nothing.
                case "$.cdid" or "$.cmid": break;
                case "iothub-operation": _message = _message with { Operation = value }; break;
                case "iothub-ack" when AckRequestText.TryParse(value, out var ack): _message = _message with { Ack = ack }; break;
                default: (_properties ??= []).Add(new(name, value)); break;
            }
        }

        public readonly IotMessage ToMessage(ReadOnlyMemory<byte> body) => _message with { Body = body, Properties = _properties ?? _message.Properties };

        private static DateTimeOffset? TimeOf(string? value) =>
            DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }
}
