namespace Fairlead.Features;

/// <summary>Partition, region and account that stand in every ARN of this hub (spec/aws-registry-and-policies, section 2).</summary>
public sealed class HubScope
{
    /// <summary>Partition, such as <c>aws</c>.</summary>
    public string Partition { get; set; } = "aws";

    /// <summary>Region that requests are signed for.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>Account: twelve digits.</summary>
    public string AccountId { get; set; } = "123456789012";

    /// <summary>Whether partition, region and account of ARNs in policies and requests are ignored, so that documents of a real account work unchanged.</summary>
    public bool IgnoreArnScope { get; set; }

    /// <summary>How long a thing type must have been deprecated before it can be deleted.</summary>
    public TimeSpan ThingTypeDeletionDelay { get; set; }

    /// <summary>Most characters of a policy document; AWS takes 2,048 without white space.</summary>
    public int LongestPolicyDocument { get; set; } = 404_600;

    /// <summary>Limits of shadows.</summary>
    public Shadows.ShadowLimits Shadows { get; } = new();

    /// <summary>Host name that DescribeEndpoint tells; empty takes the one that the caller used.</summary>
    public string EndpointHost { get; set; } = "";

    /// <summary>Where functions that requests name by ARN are served: <c>NAME=URL</c>, see <see cref="Functions.FunctionDirectory"/>.</summary>
    public IReadOnlyList<string> Functions { get; set; } = [];

    /// <summary>Everything before the resource: <c>arn:aws:iot:us-east-1:123456789012:</c>.</summary>
    public string ArnPrefix => $"arn:{Partition}:iot:{Region}:{AccountId}:";

    /// <summary>An ARN of this hub.</summary>
    /// <param name="type">Such as <c>thing</c>.</param>
    /// <param name="name">Name within the type.</param>
    public string Arn(string type, string name) => $"{ArnPrefix}{type}/{name}";

    /// <summary>Takes the name out of an ARN of one type.</summary>
    /// <param name="arn">The ARN, as a caller gave it.</param>
    /// <param name="type">Such as <c>cert</c>.</param>
    /// <param name="name">What follows <c>type/</c>.</param>
    /// <returns>False when it is no such ARN, or one of another account and <see cref="IgnoreArnScope"/> is off.</returns>
    public bool TryParseArn(string arn, string type, out string name)
    {
        ArgumentNullException.ThrowIfNull(arn);
        name = "";
        var fields = arn.Split(':', 6);
        if (fields.Length != 6 || fields[0] != "arn" || fields[2] != "iot") return false;
        if (!IgnoreArnScope && (fields[1] != Partition || fields[3] != Region || fields[4] != AccountId)) return false;
        if (!fields[5].StartsWith(type, StringComparison.Ordinal) || fields[5].Length <= type.Length + 1 || fields[5][type.Length] != '/') return false;
        name = fields[5][(type.Length + 1)..];
        return true;
    }
}
