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
        Text(
            "Aws:EndpointHost", "Host name that DescribeEndpoint tells.", "a host name",
            static o => o.Aws.EndpointHost, static (o, v) => o.Aws.EndpointHost = v, defaultText: "the one that the caller used"),
    ];
}
