namespace Fairlead.Interop.Aws;

/// <summary>Foreign clients of the HTTP API.</summary>
public enum AwsTool
{
    /// <summary>boto3, Debian's.</summary>
    Boto3,

    /// <summary>AWS SDK for JavaScript v3.</summary>
    JavaScript,
}
