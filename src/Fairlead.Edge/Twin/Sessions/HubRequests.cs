using Fairlead.Edge.Twin.Commands;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Sessions;

/// <summary>
/// What is to be asked from the hub, in this order: edits that failed for a passing reason, edits of spooled commands, gets, and (coalescing)
/// shadows that changed. Each update is made at the moment it is sent, against the state known then (spec/kanto-edge, section 13.7).
/// </summary>
internal sealed class HubRequests(TwinContext context, RequestWindow window, Outcomes outcomes)
{
    /// <summary>Places that gets find while edits pour in.</summary>
    private const int KeptForGets = 2;

    private readonly Queue<QueuedEdit> _edits = new();
    private readonly Queue<TwinShadow> _gets = new();
    private readonly HashSet<TwinShadow> _unsettled = [];
    private long _order;

    /// <summary>Whether another spooled command may come.</summary>
    public bool HasRoom => context.IsConnected && _edits.Count == 0 && window.Room > 0;

    /// <summary>The link is up: fetches everything.</summary>
    public void OnConnected()
    {
        foreach (var shadow in context.Map.All)
        {
            (shadow.Fetch, shadow.FetchFailures, shadow.Refusals) = (FetchState.Idle, 0, 0);
            Get(shadow);
            if (shadow.Replays.Count > 0 || shadow.IsDirty) _unsettled.Add(shadow);
        }
    }

    /// <summary>The link is gone. Commands whose record is not free yet will come again; the rest is remembered here.</summary>
    public void OnDisconnected()
    {
        context.Outbox.DropRequests();
        while (_edits.TryDequeue(out var queued)) outcomes.Interrupt(queued.Job.Record, queued.Outcome);
        _gets.Clear();
        foreach (var request in window.Open.ToArray())
        {
            window.Forget(request);
            if (request.Job is { Waiting: > 0 } job)
            {
                foreach (var edit in request.Edits)
                {
                    if (edit.Outcome is not null) outcomes.Interrupt(job.Record, edit.Outcome);
                }
            }
            else if (request.Operation != ShadowOperation.Get)
            {
                Remember(request, isRefused: false);
            }
        }

        window.ForgetPublishes();
        foreach (var shadow in context.Map.All) shadow.Fetch = FetchState.Idle;
    }

    /// <summary>Takes the edits of a spooled command.</summary>
    public void Add(TwinJob job, IReadOnlyList<ShadowEdit> edits, CommandOutcome outcome)
    {
        job.Waiting = outcome.Waiting = edits.Count;
        outcome.IsSweep = edits.Count > 1;
        foreach (var edit in edits) _edits.Enqueue(new QueuedEdit(job, edit, outcome));
        if (edits.Count > 0) return;
        outcome.Waiting = 1;
        outcomes.Complete(outcome, null);
        context.Outbox.Finish(job.Record);
    }

    /// <summary>Wants the whole of a shadow.</summary>
    public void Get(TwinShadow shadow)
    {
        if (!context.IsConnected || shadow.Fetch is FetchState.Queued or FetchState.Open) return;
        shadow.Fetch = FetchState.Queued;
        _gets.Enqueue(shadow);
    }

    /// <summary>A get failed; it is repeated when the reason may pass.</summary>
    public void OnGetFailed(TwinShadow shadow, bool mayPass)
    {
        shadow.Fetch = mayPass ? FetchState.Failed : FetchState.Idle;
        shadow.FetchFailures++;
        if (mayPass) context.Alarm(shadow, TwinContext.Backoff(shadow.FetchFailures));
    }

    /// <summary>A shadow has edits to repeat, or is dirty.</summary>
    /// <param name="shadow">The shadow.</param>
    /// <param name="wait">How long to leave it alone first.</param>
    public void Revisit(TwinShadow shadow, TimeSpan wait)
    {
        shadow.RetryAt = context.Time.GetUtcNow() + wait;
        _unsettled.Add(shadow);
        if (wait > TimeSpan.Zero) context.Alarm(shadow, wait);
    }

    /// <summary>Remembers the edits of a request, to carry them out again.</summary>
    /// <param name="request">A request that is over.</param>
    /// <param name="isRefused">Whether the hub has refused it; else nobody knows.</param>
    public void Remember(ShadowRequest request, bool isRefused)
    {
        var shadow = request.Shadow;
        if (request.SyncedChanges >= 0)
        {
            shadow.IsDirty = true;
            shadow.Coalesced.InsertRange(0, request.Edits);
        }
        else
        {
            foreach (var edit in request.Edits)
            {
                if (isRefused || edit.Order > shadow.AnsweredOrder) Replay(shadow, edit);
                else outcomes.Complete(edit.Outcome, null); // a later one was answered, so the hub had this one
            }
        }

        _unsettled.Add(shadow);
    }

    /// <summary>Remembers an edit to carry it out again.</summary>
    public void Replay(TwinShadow shadow, SentEdit edit)
    {
        context.Touched.Add(shadow);
        if (shadow.Replay(edit) is { } dropped)
        {
            context.Counters.CountReplayDropped();
            outcomes.Complete(dropped.Outcome, TwinError.Unavailable);
        }

        _unsettled.Add(shadow);
    }

    /// <summary>Something of a shadow is due.</summary>
    public void OnAlarm(TwinShadow shadow)
    {
        if (shadow.Fetch == FetchState.Failed) Get(shadow);
    }

    /// <summary>No answer came in time: whether the request was carried out is seen by a get.</summary>
    public void OnAlarm(ShadowRequest request)
    {
        if (request.IsOver) return;
        window.Forget(request);
        context.Counters.CountRequest(request.Operation, 408);
        if (request.Operation == ShadowOperation.Get)
        {
            OnGetFailed(request.Shadow, mayPass: true);
            return;
        }

        Remember(request, isRefused: false);
        Get(request.Shadow);
    }

    /// <summary>Makes as many requests as there is room for.</summary>
    public void Pump()
    {
        if (!context.IsConnected) return;
        while (window.Room > 0 && (TryRevisit() || TryEdit() || TryGet())) { }
    }

    private bool TryRevisit()
    {
        _unsettled.RemoveWhere(static shadow => shadow.Replays.Count == 0 && !shadow.IsDirty);
        TwinShadow? ready = null;
        var now = context.Time.GetUtcNow();
        foreach (var shadow in _unsettled)
        {
            if (shadow.Fetch is FetchState.Queued or FetchState.Open || shadow.RetryAt > now) continue;
            if (shadow.Replays.Count > 0 || (shadow.IsDirty && shadow.IsKnown && shadow.Open.Count == 0)) ready = shadow;
            if (ready is not null) break;
        }

        if (ready is null) return false;
        if (ready.Replays.Count > 0) Repeat(ready);
        else Synchronize(ready);
        return true;
    }

    private bool TryEdit()
    {
        if (!_edits.TryPeek(out var queued)) return false;
        if (_gets.Count > 0 && window.Room <= KeptForGets) return false;
        var shadow = context.Map.GetOrAdd(queued.Edit.Address, out _);
        if (shadow.Fetch is FetchState.Queued or FetchState.Open) return TryGet(); // what it becomes depends on what the hub has
        _edits.Dequeue();
        SendEdit(queued, shadow);
        return true;
    }

    private bool TryGet()
    {
        while (_gets.TryDequeue(out var shadow))
        {
            if (shadow.Fetch != FetchState.Queued) continue;
            shadow.Fetch = FetchState.Open;
            string token = window.NewToken();
            window.Send(new ShadowRequest
            {
                Shadow = shadow,
                Operation = ShadowOperation.Get,
                Token = token,
                Publish = new ShadowPublish(window.TopicOf(shadow, ShadowOperation.Get), RequestWindow.TokenDocument(token)),
            });
            return true;
        }

        return false;
    }

    private void SendEdit(QueuedEdit queued, TwinShadow shadow)
    {
        var (job, edit, outcome) = queued;
        var sent = new SentEdit(++_order, edit, outcome);
        var patch = shadow.Projected.Plan(edit, shadow.IsKnown ? context.Options.Patch : TwinPatch.Full);
        bool isBlind = !shadow.IsKnown && edit.NeedsState;
        var error = outcome.Command.ExpectedVersion == -1 ? TwinError.PreconditionFailed
            : patch?.FindFault(context.Options.MaxBytes, context.Options.MaxDepth) is { } fault ? TwinError.Of(fault, context.Options)
            : null;
        bool isRemembered = error is null && (isBlind || shadow.Replays.Count > 0);
        if (isRemembered) Replay(shadow, patch is null ? sent : sent with { Outcome = null });
        if (!shadow.IsKnown) Get(shadow);
        context.Touched.Add(shadow);
        if (patch is not { } wanted || error is not null)
        {
            if (!isRemembered) outcomes.Complete(outcome, error);
            window.Finish(job);
            return;
        }

        Send(shadow, wanted, [sent], job, queued.Outcome.Command.Token);
    }

    /// <summary>One update that does what all remembered edits of a shadow still have to do.</summary>
    private void Repeat(TwinShadow shadow)
    {
        var edits = shadow.Replays.Values.Select(edit => edit with { Order = ++_order }).ToArray(); // behind all that was sent before
        shadow.Replays.Clear();
        context.Touched.Add(shadow);
        var projected = shadow.Projected;
        var wanted = projected;
        foreach (var edit in edits) wanted = wanted.Apply(edit.Edit);
        if (projected.To(wanted) is not { } patch)
        {
            foreach (var edit in edits) outcomes.Complete(edit.Outcome, null);
            return;
        }

        string? token = edits.Length == 1 ? edits[0].Outcome?.Command.Token : null;
        Send(shadow, patch, edits, null, token);
    }

    /// <summary>One update that brings all that changed locally to the hub.</summary>
    private void Synchronize(TwinShadow shadow)
    {
        var edits = shadow.Coalesced.ToArray();
        shadow.Coalesced.Clear();
        if (shadow.Hub.To(shadow.Local) is { } patch)
        {
            Send(shadow, patch, edits, null, edits.Length == 1 ? edits[0].Outcome?.Command.Token : null, shadow.Changes);
            return;
        }

        shadow.IsDirty = false;
        context.Touched.Add(shadow);
        foreach (var edit in edits) outcomes.Complete(edit.Outcome, null);
    }

    private void Send(TwinShadow shadow, ShadowPatch patch, SentEdit[] edits, TwinJob? job, string? token, long changes = -1)
    {
        token ??= window.NewToken();
        shadow.OnSent(patch);
        context.Touched.Add(shadow);
        var operation = patch.IsDelete ? ShadowOperation.Delete : ShadowOperation.Update;
        long? version = job is not null && !patch.IsDelete ? edits[0].Outcome?.Command.ExpectedVersion : null;
        window.Send(new ShadowRequest
        {
            Shadow = shadow,
            Operation = operation,
            Token = token,
            Patch = patch,
            Edits = edits,
            Job = job,
            HasVersion = version is not null,
            SyncedChanges = changes,
            Publish = new ShadowPublish(window.TopicOf(shadow, operation), patch.IsDelete ? RequestWindow.TokenDocument(token) : patch.ToDocument(token, version)),
        });
    }
}
