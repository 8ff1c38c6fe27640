using System.Globalization;
using System.Text;
using Fairlead.Features.Api;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.DirectMessages;

/// <summary>The parameters of one call, checked in the order of spec/aws-messaging, section 3.7.</summary>
internal struct DirectMessageCall
{
    private const int LongestTopic = 256;
    private const int MostSlashes = 7;
    private const int UsualTimeout = 5;
    private const int LargestPayload = 128 * 1024;

    /// <summary>The receiver.</summary>
    public string ClientId;

    /// <summary>Topic as the caller gave it.</summary>
    public string? Topic;

    /// <summary>The same as it goes to the wire.</summary>
    public byte[] TopicBytes;

    /// <summary>MQTT 5 properties.</summary>
    public PublishProperties Given;

    /// <summary>The same in wire form.</summary>
    public byte[] Properties;

    /// <summary>Whether the PUBACK is waited for.</summary>
    public bool IsConfirmed;

    /// <summary>How long, in seconds.</summary>
    public int Timeout;

    /// <summary>What else is wrong with an invalid input.</summary>
    public string? Fault;

    /// <summary>Reads and checks them.</summary>
    /// <returns>Success, or the first thing that is wrong.</returns>
    public static DirectReason Read(ApiRequest request, out DirectMessageCall call)
    {
        call = default;
        call.Topic = request.Query("topic");
        if (!RawTarget.TryDecode(request.Labels[0], out call.ClientId) || !ClientIdentifiers.IsValid(call.ClientId)) return DirectReason.MalformedClientId;
        if (!TryReadTopic(ref call)) return DirectReason.InvalidTopic;
        if (request.Query("confirmation") is { } confirmation && !bool.TryParse(confirmation, out call.IsConfirmed)) return DirectReason.InvalidConfirmation;
        call.Timeout = UsualTimeout;
        if (call.IsConfirmed && request.Query("timeout") is { } timeout
            && (!int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out call.Timeout) || call.Timeout is < 1 or > ConfirmationDeadlines.Longest))
            return DirectReason.InvalidTimeout;
        try
        {
            call.Given = MessageProperties.Read(request, withExpiry: false);
            call.Properties = PublishPropertiesWriter.WriteForwardable(call.Given);
        }
        catch (ApiException fault)
        {
            call.Fault = fault.Message;
            return DirectReason.InvalidInput;
        }

        return request.RawBody.Length > LargestPayload ? DirectReason.PayloadTooLarge : DirectReason.Success;
    }

    private static bool TryReadTopic(ref DirectMessageCall call)
    {
        if (call.Topic is not { Length: > 0 and <= LongestTopic } topic || topic[0] == '$' || !TopicName.IsValid(topic)) return false;
        call.TopicBytes = Encoding.UTF8.GetBytes(topic);
        return call.TopicBytes.Length <= LongestTopic && call.TopicBytes.AsSpan().Count((byte)'/') <= MostSlashes;
    }
}
