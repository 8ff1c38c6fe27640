using System.Buffers;
using System.Text;
using Fairlead.Broker.Security;
using Fairlead.Features.Policies.Language;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>
/// Decides by policies what MQTT clients may do (sections 15 to 20). A decision about a topic that the connection has used before takes
/// a look into its own cache and allocates nothing; a change is in force for the check after the API call returned.
/// </summary>
internal sealed class PolicyAuthorizer(FeatureContext context, HubRecords records, SubjectAccess access, AccessStamp stamp) : IAuthorizer
{
    private const int StackCharacters = 512;

    /// <summary>What a connection without policies remembers.</summary>
    private static readonly object Ungoverned = new();

    private static readonly Decision Open = new(Allowed: true, "open");
    private static readonly Decision Everything = new(Allowed: true, "key");

    private readonly string _clients = context.Scope.Arn("client", "");
    private readonly string _topics = context.Scope.Arn("topic", "");
    private readonly string _filters = context.Scope.Arn("topicfilter", "");

    /// <inheritdoc/>
    public bool Governs(AccessSubject subject) => !ReferenceEquals(MemoryOf(subject), Ungoverned);

    /// <inheritdoc/>
    public Decision Authorize(in AccessRequest request)
    {
        if (MemoryOf(request.Subject) is not AccessState state) return Open;
        if (!state.IsCurrent(records, stamp)) request.Subject.Memory = state = access.Find(request.Subject);
        if (state.Refusal is { } refusal) return new Decision(Allowed: false, Detail: refusal);
        if (state.EndsAt is { } end && end <= context.Now) return new Decision(Allowed: false, Detail: "the key has expired");
        if (state.Policies is null) return Everything;
        // Asked once a connection, with keys of its own.
        if (request.Action == AccessAction.Connect) return Judge(request, state, access.ConnectContextOf(request.Subject, state.Context), out _);
        if (state.Decisions.TryFind(request.Action, request.Resource, out var known)) return known;
        var decision = Judge(request, state, state.Context, out var readsClock);
        if (!readsClock) state.Decisions.Add(request.Action, request.Resource, decision);
        return decision;
    }

    private object MemoryOf(AccessSubject subject) =>
        subject.Memory ??= access.Governs(subject.Principal) ? access.Find(subject) : Ungoverned;

    private Decision Judge(in AccessRequest request, AccessState state, EvaluationContext evaluation, out bool readsClock)
    {
        var prefix = request.Action switch
        {
            AccessAction.Connect => _clients,
            AccessAction.Subscribe => _filters,
            _ => _topics,
        };
        var length = prefix.Length + Encoding.UTF8.GetMaxCharCount(request.Resource.Length);
        var rented = length > StackCharacters ? ArrayPool<char>.Shared.Rent(length) : null;
        var arn = rented ?? stackalloc char[StackCharacters];
        prefix.CopyTo(arn);
        length = prefix.Length + Encoding.UTF8.GetChars(request.Resource, arn[prefix.Length..]);
        var action = RequestedAction.Of(request.Action);
        var decision = Judge(state.Policies!, action, arn[..length], evaluation, out readsClock);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return decision;
    }

    private static Decision Judge(
        PolicySet policies, RequestedAction action, ReadOnlySpan<char> arn, EvaluationContext evaluation, out bool readsClock)
    {
        var resource = new RequestedResource(arn);
        var judgement = SharedFilter.Judge(policies, action, resource, evaluation);
        readsClock = judgement.ReadsClock;
        return judgement.Verdict == Verdict.ImplicitDeny
            ? new Decision(Allowed: false, Detail: Explanation.WhyNot(policies, action, resource, evaluation))
            : new Decision(judgement.Verdict == Verdict.Allowed, judgement.Policy, judgement.Statement);
    }
}
