namespace Fairlead.Interop.Aws;

/// <summary>Where an AWS SDK calls and what it signs with.</summary>
/// <param name="Endpoint">URL.</param>
/// <param name="AccessKey">Access key id.</param>
/// <param name="SecretKey">Its secret.</param>
public sealed record AwsLogin(string Endpoint, string AccessKey, string SecretKey)
{
    public string Region { get; init; } = "us-east-1";

    public string? SessionToken { get; init; }

    /// <summary>PEM file of the authority to trust.</summary>
    public string? Ca { get; init; }

    /// <summary>Client certificate (JavaScript alone).</summary>
    public string? Certificate { get; init; }

    public string? PrivateKey { get; init; }
}
