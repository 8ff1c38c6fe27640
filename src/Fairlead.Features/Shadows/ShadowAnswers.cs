using Fairlead.Features.Logging;
using Fairlead.Features.Logs;

namespace Fairlead.Features.Shadows;

/// <summary>Notes what became of each request: in the counters, and in the structured log if it is wanted there (spec/aws-messaging, section 5.2).</summary>
internal sealed class ShadowAnswers(ShadowCounters counters, EventLog log)
{
    private static readonly string[] EventTypes = ["GetThingShadow", "UpdateThingShadow", "DeleteThingShadow"];
    private static readonly string[] Suffixes = ["get", "update", "delete"];

    /// <summary>Notes a request.</summary>
    /// <param name="operation">What was asked.</param>
    /// <param name="door">How it came.</param>
    /// <param name="name">Of which shadow.</param>
    /// <param name="refusal">Why it was refused; null when it was granted.</param>
    public void Note(ShadowOperation operation, ShadowDoor door, ShadowName name, ShadowRefusal? refusal)
    {
        counters.Add(operation, door, refusal);
        // AWS has no event for lists.
        if (operation == ShadowOperation.List || !log.IsOn(refusal is null ? EventLogLevel.Info : EventLogLevel.Error)) return;
        string shadow = name.Shadow.IsEmpty ? "" : $"name/{name.Shadow}/";
        var entry = new LogEntry(EventTypes[(int)operation])
        {
            Protocol = door switch { ShadowDoor.Mqtt => "MQTT", ShadowDoor.Http => "HTTP", _ => "Azure" },
            DeviceShadowName = name.Told.ToString(),
            TopicName = $"{ShadowTopic.Prefix}{name.Thing}/shadow/{shadow}{Suffixes[(int)operation]}",
        };
        string thing = name.Thing.ToString();
        if (refusal is null) log.Succeeded(entry, thing);
        else log.Failed(entry, refusal == ShadowRefusal.Forbidden ? "AUTHORIZATION_FAILURE" : refusal.Type, refusal.Message, thing);
    }
}
