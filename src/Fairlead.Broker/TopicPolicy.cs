using System.Text;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker;

/// <summary>What a topic must look like, which are reserved, and who may use them: the checks that PUBLISH, SUBSCRIBE and Wills share.</summary>
internal sealed class TopicPolicy(MqttBroker broker)
{
    private const int LongestNameTold = 256;

    // First bytes of the owners' prefixes: most topics start with none of them.
    private readonly bool[] _owned = new bool[256];

    /// <summary>What decided, in a few words.</summary>
    public static string Why(in Decision decision)
    {
        string why = decision.Policy is null ? "implicit deny" : $"denied by {decision.Policy} {decision.Statement}".TrimEnd();
        return decision.Detail is { } detail ? $"{why}; {detail}" : why;
    }

    /// <summary>Takes note of an owner.</summary>
    public void OnOwner(ITopicOwner owner) => _owned[(byte)owner.Prefix[0]] = true;

    /// <summary>The service that owns a name; null for none.</summary>
    public ITopicOwner? FindOwner(List<ITopicOwner> owners, ReadOnlySpan<byte> topic)
    {
        if (topic.Length == 0 || !_owned[topic[0]]) return null;
        ITopicOwner? best = null;
        foreach (var owner in owners)
        {
            string prefix = owner.Prefix; // ASCII
            if (topic.Length >= prefix.Length && Ascii.Equals(topic[..prefix.Length], prefix) && prefix.Length > (best?.Prefix.Length ?? -1)) best = owner;
        }

        return best;
    }

    /// <summary>Length and levels.</summary>
    public DecodeError CheckShape(ReadOnlySpan<byte> topic, ReasonCode code)
    {
        var options = broker.Options;
        // AWS: the prefix of Basic Ingest is not counted (spec/aws-messaging 1.8).
        if (options.Profile == BrokerProfile.Aws && topic.StartsWith("$aws/rules/"u8))
        {
            var rest = topic["$aws/rules/"u8.Length..];
            int slash = rest.IndexOf((byte)'/');
            topic = slash < 0 ? default : rest[(slash + 1)..];
        }

        if (topic.Length > options.MaximumTopicLength)
            return new DecodeError(code, $"longer than {options.MaximumTopicLength} bytes", "");
        if (topic.Length >= options.MaximumTopicLevels && topic.Count((byte)'/') >= options.MaximumTopicLevels)
            return new DecodeError(code, $"more than {options.MaximumTopicLevels} levels", "");
        return DecodeError.None;
    }

    /// <summary>Whether a client may subscribe below a reserved prefix at all.</summary>
    public DecodeError CheckFilter(List<ITopicOwner> owners, string clientId, string filter)
    {
        if (filter.Length == 0 || filter[0] > 0x7F || (filter[0] != '$' && !_owned[filter[0]])) return DecodeError.None;
        if (FindOwner(owners, Encoding.UTF8.GetBytes(filter)) is { } owner)
        {
            var code = owner.OnSubscribe(clientId, filter);
            return code >= ReasonCode.UnspecifiedError ? new DecodeError(code, "refused by the owner of " + owner.Prefix, "") : DecodeError.None;
        }

        if (filter[0] != '$') return DecodeError.None;

        // Standard: $SYS and what other brokers call $... may be read. AWS: unknown $ topics are refused (spec/aws-messaging 1.11).
        return broker.Options.Profile == BrokerProfile.Aws
            ? new DecodeError(ReasonCode.TopicFilterInvalid, "reserved topic", "")
            : DecodeError.None;
    }

    /// <summary>Everything that must hold before a publication is accepted from a client or as its Will.</summary>
    public DecodeError CheckPublish(
        List<ITopicOwner> owners, in Publication publication, AccessSubject subject, CounterShard counters)
    {
        var name = CheckName(owners, publication);
        if (name.IsError) return name;
        var refusal = Ask(subject, AccessAction.Publish, publication.Topic);
        if (refusal.IsError) return refusal;
        counters.PublishAllowed++;
        return publication.Retain ? Authorize(subject, AccessAction.RetainPublish, publication.Topic) : DecodeError.None;
    }

    /// <summary>Whether clients may publish to a name at all.</summary>
    public DecodeError CheckName(List<ITopicOwner> owners, in Publication publication)
    {
        var shape = CheckShape(publication.Topic, ReasonCode.TopicNameInvalid);
        return shape.IsError || publication.Topic[0] != (byte)'$' ? shape : CheckReservedName(owners, publication);
    }

    /// <summary>Asks the authorizer and counts the answer.</summary>
    public DecodeError Authorize(AccessSubject subject, AccessAction action, ReadOnlySpan<byte> resource)
    {
        var refusal = Ask(subject, action, resource);
        if (!refusal.IsError) broker.Counters.CountDecision(action, true);
        return refusal;
    }

    private DecodeError CheckReservedName(List<ITopicOwner> owners, in Publication publication)
    {
        bool aws = broker.Options.Profile == BrokerProfile.Aws;
        if (aws && publication.Retain) return new DecodeError(ReasonCode.TopicNameInvalid, "RETAIN on a reserved topic", "");
        if (FindOwner(owners, publication.Topic) is not null) return DecodeError.None;
        // [MQTT-4.7.2-1]: names with $ are the Server's; $SYS is never a client's to write.
        return aws || publication.Topic.StartsWith("$SYS"u8)
            ? new DecodeError(ReasonCode.TopicNameInvalid, "reserved topic: clients may not publish to it", "")
            : DecodeError.None;
    }

    private DecodeError Ask(AccessSubject subject, AccessAction action, ReadOnlySpan<byte> resource)
    {
        var decision = broker.Authorizer.Authorize(new AccessRequest(subject, action, resource));
        if (decision.Allowed) return DecodeError.None;
        broker.Counters.CountDecision(action, false);
        return new DecodeError(ReasonCode.NotAuthorized, $"not authorized: iot:{action} on {Describe(action, resource)} ({Why(decision)})", "");
    }

    private static string Describe(AccessAction action, ReadOnlySpan<byte> resource)
    {
        string type = action switch
        {
            AccessAction.Connect => "client",
            AccessAction.Subscribe => "topicfilter",
            _ => "topic",
        };
        string name = Encoding.UTF8.GetString(resource);
        return name.Length <= LongestNameTold ? $"{type}/{name}" : $"{type}/{name[..LongestNameTold]}...";
    }
}
