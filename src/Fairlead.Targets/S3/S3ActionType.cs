using System.Text.Json;
using Fairlead.Features.Rules.Actions;

namespace Fairlead.Targets.S3;

/// <summary><c>s3</c>: an object in a folder or on a server with the API of S3.</summary>
/// <param name="store">Where objects go; null when nothing is configured.</param>
/// <param name="patience">How long calls are tried.</param>
internal sealed class S3ActionType(IObjectStore? store, TimeSpan patience) : IRuleActionType
{
    private static readonly string[] Lists =
    [
        "private", "public-read", "public-read-write", "aws-exec-read", "authenticated-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write",
    ];

    /// <inheritdoc/>
    public string Member => "s3";

    /// <inheritdoc/>
    public string LogName => "S3Action";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "roleArn", "bucketName", "key", "cannedAcl");
        setup.Text(definition, "roleArn");
        var bucket = setup.Template(definition, "bucketName");
        var key = setup.Template(definition, "key");
        var acl = setup.OptionalText(definition, "cannedAcl") is null ? null : setup.Choice(definition, "cannedAcl", null, Lists);
        if (bucket.IsLiteral && ObjectName.BucketProblem(bucket.Text) is { } bucketProblem) throw setup.Fault($"bucketName: {bucketProblem}");
        if (key.IsLiteral && ObjectName.KeyProblem(key.Text) is { } problem) throw setup.Fault($"key: {problem}");
        return store is null
            ? throw setup.Fault("has no local target; the setting Rules:S3 gives one (file:///FOLDER, or the URL of a server with the API of S3)")
            : new S3Action(bucket, key, acl, store, patience);
    }
}
