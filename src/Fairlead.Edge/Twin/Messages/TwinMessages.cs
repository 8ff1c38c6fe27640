using System.Globalization;
using Fairlead.Edge.Ditto;
using Fairlead.Edge.Json;
using Fairlead.Edge.Twin.Commands;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Messages;

/// <summary>Makes the messages that the twin publishes locally (spec/kanto-edge, section 14), each on the long and the short topic.</summary>
/// <param name="deviceId">Device id D.</param>
/// <param name="time">Time of the events.</param>
internal sealed class TwinMessages(string deviceId, TimeProvider time)
{
    /// <summary>An event about a property that the cloud wants, or an attribute.</summary>
    public IEnumerable<LocalPublish> DesiredModified(ShadowAddress address, string key, JsonValue value, long revision)
    {
        string below = address.Feature is null ? "/attributes" : $"{address.Path}/desiredProperties";
        return Event(address, "modified", $"{below}/{JsonPointer.Escape(key)}", value, revision);
    }

    /// <summary>An event about a feature or all attributes that the cloud deleted.</summary>
    public IEnumerable<LocalPublish> Deleted(ShadowAddress address, long revision) => Event(address, "deleted", address.Path, null, revision);

    /// <summary>The answer to a command that was carried out.</summary>
    public static IEnumerable<LocalPublish> Success(TwinCommand command, bool isNew)
    {
        int status = command.Action == TwinAction.Create || (isNew && command.Action == TwinAction.Modify) ? 201 : 204;
        return Answer(command, $"{Word(command.Action)}-response", command.Action == TwinAction.Create ? command.Value : null, status);
    }

    /// <summary>The answer to a retrieve.</summary>
    public static IEnumerable<LocalPublish> Retrieved(TwinCommand command, JsonValue value) => Answer(command, "retrieve-response", value, 200);

    /// <summary>The answer to a command that failed.</summary>
    public static IEnumerable<LocalPublish> Failure(TwinCommand command, TwinError error)
    {
        var value = JsonValue.Object(
            ("status", JsonValue.Integer(error.Status)),
            ("error", JsonValue.String(error.Code)),
            ("message", JsonValue.String(error.Message)),
            ("description", JsonValue.String(error.Description)));
        var envelope = JsonValue.Object(
            ("topic", JsonValue.String($"{command.Topic.Namespace}/{command.Topic.Name}/things/twin/errors")),
            ("headers", HeadersOf(command)),
            ("path", JsonValue.String("/")),
            ("value", value),
            ("status", JsonValue.Integer(error.Status)));
        return Publish(ThingIdOf(command), "errors-response", envelope);
    }

    private static IEnumerable<LocalPublish> Answer(TwinCommand command, string subject, JsonValue? value, int status)
    {
        var envelope = JsonValue.Object(
            ("topic", JsonValue.String(command.Topic.Text)),
            ("headers", HeadersOf(command)),
            ("path", JsonValue.String(command.Path)),
            ("value", value),
            ("status", JsonValue.Integer(status)));
        return Publish(ThingIdOf(command), subject, envelope);
    }

    private static JsonValue HeadersOf(TwinCommand command) => command.Headers.With("response-required", JsonValue.Boolean(false));

    /// <summary>Id of the child that a command is about; empty for the device itself.</summary>
    private static string ThingIdOf(TwinCommand command) => command.Child.Length == 0 ? "" : command.Topic.ThingId;

    private static IEnumerable<LocalPublish> Publish(string thingId, string subject, JsonValue envelope)
    {
        var payload = envelope.ToUtf8();
        return [new LocalPublish($"command//{thingId}/req//{subject}", payload), new LocalPublish($"c//{thingId}/q//{subject}", payload)];
    }

    private static string Word(TwinAction action) => action switch
    {
        TwinAction.Create => "create",
        TwinAction.Modify => "modify",
        TwinAction.Merge => "merge",
        TwinAction.Delete => "delete",
        _ => "retrieve",
    };

    private IEnumerable<LocalPublish> Event(ShadowAddress address, string action, string path, JsonValue? value, long revision)
    {
        string thingId = address.Child.Length == 0 ? deviceId : $"{deviceId}:{address.Child}";
        var headers = JsonValue.Object(
            ("correlation-id", JsonValue.String(Guid.NewGuid().ToString())),
            ("response-required", JsonValue.Boolean(false)),
            ("content-type", JsonValue.String("application/vnd.eclipse.ditto+json")),
            ("x-shadow-section", address.Feature is null && value is not null ? JsonValue.String("desired") : null));
        var envelope = JsonValue.Object(
            ("topic", JsonValue.String($"{DittoTopic.TwinPrefix(thingId)}events/{action}")),
            ("headers", headers),
            ("path", JsonValue.String(path)),
            ("value", value),
            ("revision", JsonValue.Integer(revision)),
            ("timestamp", JsonValue.String(time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))));
        return Publish(address.Child.Length == 0 ? "" : thingId, action, envelope);
    }
}
