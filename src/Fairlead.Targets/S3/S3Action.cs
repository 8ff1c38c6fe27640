using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.S3;

/// <summary>The s3 action: the result becomes the object of that key; one that is there is replaced.</summary>
internal sealed class S3Action(RuleTemplate bucket, RuleTemplate key, string? acl, IObjectStore store, TimeSpan patience) : IRuleAction
{
    /// <inheritdoc/>
    public TimeSpan Patience => patience;

    /// <inheritdoc/>
    public ActionCall Prepare(RuleEvaluation evaluation)
    {
        var call = new S3Call(evaluation, bucket.Resolve(evaluation), key.Resolve(evaluation), acl);
        if (ObjectName.BucketProblem(call.Bucket) is { } bucketProblem) return call.Fail($"cannot write to bucket '{call.Bucket}': {bucketProblem}");
        return ObjectName.KeyProblem(call.Key) is { } problem ? call.Fail($"cannot write object '{call.Key}' of bucket {call.Bucket}: {problem}") : call;
    }

    /// <inheritdoc/>
    public ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken) => store.PutAsync((S3Call)calls[0], cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
