using Fairlead.Features.Functions;
using static Fairlead.Server.Configuration.SettingFactory;

namespace Fairlead.Server.Configuration;

/// <summary>Settings of the AWS-shaped API.</summary>
internal static class AwsSettings
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Setting> All() =>
    [
        Text(
            "Aws:Partition", "Partition in the ARNs of this hub.", "a text such as aws",
            static o => o.Aws.Partition, static (o, v) => o.Aws.Partition = v),
        Text(
            "Aws:Region", "Region in the ARNs of this hub, and the one that requests must be signed for.", "a text such as us-east-1",
            static o => o.Aws.Region, static (o, v) => o.Aws.Region = v),
        Text(
            "Aws:AccountId", "Account in the ARNs of this hub.", "twelve digits",
            static o => o.Aws.AccountId, static (o, v) => o.Aws.AccountId = v),
        Flag(
            "Aws:IgnoreArnScope",
            "Whether partition, region and account are ignored in policies, in ARNs of requests and in signatures, so that documents of a real account work unchanged.",
            static o => o.Aws.IgnoreArnScope, static (o, v) => o.Aws.IgnoreArnScope = v),
        Flag(
            "Aws:SilentConnectDenial", "Whether an MQTT 3.1.1 client that no policy lets connect is cut off without an answer, as AWS has been seen to do.",
            static o => o.Broker.SilentConnectDenial, static (o, v) => o.Broker = o.Broker with { SilentConnectDenial = v }),
        Flag(
            "Aws:StrictV3Disconnect", "Whether an MQTT 3.1.1 client that no policy lets subscribe is cut off instead of being told by SUBACK.",
            static o => o.Broker.StrictV3Disconnect, static (o, v) => o.Broker = o.Broker with { StrictV3Disconnect = v }),
        Flag(
            "Aws:RefuseWildcardClientIds",
            "Whether client identifiers that contain +, #, * or / are refused: a policy that lets any client connect and puts the identifier into a topic filter would let them read more.",
            static o => o.Broker.RefuseWildcardClientIds, static (o, v) => o.Broker = o.Broker with { RefuseWildcardClientIds = v }),
        Number(
            "Aws:LongestPolicyDocument", "Longest policy document.", "characters", 2, 404_600,
            static o => o.Aws.LongestPolicyDocument, static (o, v) => o.Aws.LongestPolicyDocument = (int)v),
        Text(
            "Aws:EndpointHost", "Host name that DescribeEndpoint tells.", "a host name",
            static o => o.Aws.EndpointHost, static (o, v) => o.Aws.EndpointHost = v, defaultText: "the one that the caller used"),
        Time(
            "Aws:ThingTypeDeletionDelay", "How long a thing type must have been deprecated before it can be deleted; AWS waits five minutes.",
            TimeSpan.Zero, TimeSpan.FromDays(1), static o => o.Aws.ThingTypeDeletionDelay, static (o, v) => o.Aws.ThingTypeDeletionDelay = v),
        new ListSetting<string>(
            "Aws:Functions",
            "Where functions that provisioning templates and authorizers name by ARN are served: NAME=URL, the name being an ARN or the name of a function in it.",
            "a list of NAME=URL, each URL https, or http on this machine",
            static text => FunctionDirectory.IsValid(text, out var problem) ? (text, "") : (null, problem),
            static o => o.Aws.Functions, static (o, v) => o.Aws.Functions = v),
    ];
}
