using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>Settings that cannot be: told when the client is made, not by the Server or never.</summary>
internal static class OptionRules
{
    public static void Check(MqttClientOptions options)
    {
        Require(Enum.IsDefined(options.Version), nameof(options.Version), "is not a version of MQTT");
        Require(options.ReceiveMaximum > 0, nameof(options.ReceiveMaximum), "must be 1 or more");
        Require(options.MaximumPacketSize > 0, nameof(options.MaximumPacketSize), "must be 1 or more");
        Require(options.KeepAlive >= TimeSpan.Zero && options.KeepAlive.TotalSeconds <= ushort.MaxValue, nameof(options.KeepAlive), "must be 0 to 65,535 s");
        Require(options.PingTimeout > TimeSpan.Zero, nameof(options.PingTimeout), "must be more than 0");
        Require(options.ConnectTimeout > TimeSpan.Zero, nameof(options.ConnectTimeout), "must be more than 0");
        Require(options.ReceiveQueueLimit > 0 && options.ReceiveQueueByteLimit > 0, nameof(options.ReceiveQueueLimit), "must be 1 or more");
        Require(options.PublishQueueLimit > 0 && options.PublishQueueByteLimit > 0, nameof(options.PublishQueueLimit), "must be 1 or more");
        Require(options.Will is null || TopicName.IsValid(options.Will.Topic), nameof(options.Will), "needs a Topic Name");
        if (options.Reconnect is not { } reconnect)
            return;
        Require(reconnect.FirstDelay > TimeSpan.Zero, nameof(reconnect.FirstDelay), "must be more than 0");
        Require(reconnect.MaximumDelay >= reconnect.FirstDelay, nameof(reconnect.MaximumDelay), "must not be less than FirstDelay");
        Require(reconnect.Multiplier >= 1, nameof(reconnect.Multiplier), "must be 1 or more");
    }

    private static void Require(bool condition, string option, string rule)
    {
        if (!condition)
            throw Failures.Invalid("cannot make a client", $"the option {option} {rule}", "Change the option");
    }
}
