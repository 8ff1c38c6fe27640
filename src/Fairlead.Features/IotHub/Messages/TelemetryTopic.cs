using System.Text;

namespace Fairlead.Features.IotHub.Messages;

/// <summary>The topic under which rules and subscribers see what a device sends (spec/azure-gateway 3.2).</summary>
internal static class TelemetryTopic
{
    /// <summary>First level of every topic of the dialect.</summary>
    public const string Devices = "devices/";

    /// <summary><c>devices/{d}[/modules/{m}]/messages/events/</c>, without the bag.</summary>
    public static string Of(IdentityName identity) => identity.ModuleId is { } module
        ? $"{Devices}{Level(identity.DeviceId)}/modules/{Level(module)}/messages/events/"
        : $"{Devices}{Level(identity.DeviceId)}/messages/events/";

    /// <summary>The whole topic of a message.</summary>
    public static string Of(IdentityName identity, IotMessage message)
    {
        var topic = new StringBuilder(Of(identity));
        PropertyBag.Write(topic, message, withAddress: false);
        return topic.ToString();
    }

    /// <summary>
    /// An id as a level. Ids may contain <c>+</c> and <c>#</c>, Topic Names may not: such a device sends over AMQP and HTTP alone, and is seen
    /// with those two characters percent-encoded.
    /// </summary>
    public static string Level(string id) => id.AsSpan().ContainsAny('+', '#')
        ? id.Replace("+", "%2B", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal)
        : id;
}
