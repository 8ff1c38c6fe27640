using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.S3;

/// <summary>One object to be written.</summary>
/// <param name="evaluation">What the rule made of the message.</param>
/// <param name="bucket">Bucket.</param>
/// <param name="key">Key within it.</param>
/// <param name="acl">Canned access control list; null for the default.</param>
internal sealed class S3Call(RuleEvaluation evaluation, string bucket, string key, string? acl) : ActionCall(evaluation, bucket)
{
    /// <summary>Bucket.</summary>
    public string Bucket { get; } = bucket;

    /// <summary>Key within it.</summary>
    public string Key { get; } = key;

    /// <summary>Canned access control list; null for the default.</summary>
    public string? Acl { get; } = acl;
}
