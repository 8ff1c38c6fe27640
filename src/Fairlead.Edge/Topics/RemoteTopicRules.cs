using System.Text;
using Fairlead.Edge.Configuration;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Topics;

/// <summary>What a remote endpoint would close the connection for; such messages never leave (spec sections 4, 6.5 and 8.3).</summary>
internal static class RemoteTopicRules
{
    /// <summary>Most bytes of a payload at AWS.</summary>
    public const int AwsPayloadBytes = 128 * 1024;

    private const int AwsTopicBytes = 256;
    private const int AwsSlashes = 7;

    /// <summary>Why a message cannot be sent; null when it can.</summary>
    public static SendRefusal? FindFault(LinkOptions link, string topic, int payloadBytes)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(topic);
        if (!TopicName.IsValid(bytes)) return new SendRefusal("topic", 400, "the topic is empty, too long or holds wildcards");
        if (!link.HasAwsLimits) return null;
        if (bytes.Length > AwsTopicBytes) return new SendRefusal("topic", 400, $"the topic has {bytes.Length} bytes, {AwsTopicBytes} are allowed");
        if (bytes.AsSpan().Count((byte)'/') > AwsSlashes) return new SendRefusal("topic", 400, $"the topic has more than {AwsSlashes} slashes");
        return payloadBytes > AwsPayloadBytes
            ? new SendRefusal("size", 413, $"the payload has {payloadBytes} bytes, {AwsPayloadBytes} are allowed")
            : null;
    }
}

/// <summary>Why a message cannot be sent.</summary>
/// <param name="Reason">Word for counters: <c>topic</c>, <c>size</c>, <c>poison</c>.</param>
/// <param name="Status">HTTP status for the error topic.</param>
/// <param name="Text">A sentence.</param>
internal readonly record struct SendRefusal(string Reason, int Status, string Text);
