using Fairlead.Edge.Json;
using Fairlead.Edge.Twin.Storage;

namespace Fairlead.Edge.Twin.Shadows;

/// <summary>One shadow: what the hub has, what the local twin has, and what is under way between them (spec/kanto-edge, section 13.7).</summary>
internal sealed class TwinShadow(string name, ShadowAddress address)
{
    /// <summary>Edits that are remembered until they can be sent again.</summary>
    private const int MostReplays = 256;

    private bool _yields;

    /// <summary>Shadow name; empty for the classic shadow.</summary>
    public string Name { get; } = name;

    public ShadowAddress Address { get; } = address;

    /// <summary>Whether <see cref="Hub"/> is the whole truth as of <see cref="Version"/>.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Content at the hub, as far as it has said.</summary>
    public ShadowState Hub { get; private set; } = ShadowState.Absent;

    /// <summary>Content of the local twin.</summary>
    public ShadowState Local { get; private set; } = ShadowState.Absent;

    /// <summary>Version at the hub; after a delete the one that counts on.</summary>
    public long Version { get; private set; }

    /// <summary>Version of the last delta that became events.</summary>
    public long EventVersion { get; set; }

    /// <summary>Whether a delta came whose desired state is not known yet: its events wait for a get.</summary>
    public bool OwesEvents { get; set; }

    /// <summary>Whether the local twin holds what the hub may not have yet.</summary>
    public bool IsAhead { get; private set; }

    /// <summary>Whether one update is to bring the local state to the hub (coalescing).</summary>
    public bool IsDirty { get; set; }

    /// <summary>Grows with each local change.</summary>
    public long Changes { get; private set; }

    /// <summary>
    /// While ahead: <c>desired</c> of the hub that the local one was made from. What differs was changed here, and is done again on top of
    /// whatever the hub says (spec/kanto-edge, section 17, item 13).
    /// </summary>
    public JsonValue? DesiredBase { get; private set; }

    /// <summary>
    /// Members of <c>desired</c> (each null here) that requests without an answer write: whether the hub has them already is not known, so that
    /// the local value counts whatever the hub says.
    /// </summary>
    public JsonValue? DesiredDoubt { get; private set; }

    /// <summary>Commands whose outcome hangs on the next update of a dirty shadow.</summary>
    public List<SentEdit> Coalesced { get; } = [];

    public FetchState Fetch { get; set; }

    /// <summary>How often its get failed in a row.</summary>
    public int FetchFailures { get; set; }

    /// <summary>Updates and deletes under way, oldest first.</summary>
    public List<ShadowRequest> Open { get; } = [];

    /// <summary>Edits that have to be carried out again, by their order.</summary>
    public SortedList<long, SentEdit> Replays { get; } = [];

    /// <summary>Earliest time for the next try.</summary>
    public DateTimeOffset RetryAt { get; set; }

    /// <summary>How often in a row it was put off for a passing reason.</summary>
    public int Refusals { get; set; }

    /// <summary>Order of the newest edit that the hub has answered: it has seen all before it.</summary>
    public long AnsweredOrder { get; set; }

    /// <summary>What the hub will have once all that is under way is accepted.</summary>
    public ShadowState Projected
    {
        get
        {
            var state = Hub;
            foreach (var request in Open) state = state.Apply(request.Patch);
            return state;
        }
    }

    /// <summary>Whether a retrieve can be answered.</summary>
    public bool CanAnswer => IsKnown || IsAhead;

    /// <summary>A shadow as the store kept it.</summary>
    public static TwinShadow Restore(TwinRecord record)
    {
        var shadow = new TwinShadow(record.Name, record.Address)
        {
            IsKnown = record.IsKnown,
            Hub = record.Hub,
            Version = record.Version,
            EventVersion = record.EventVersion,
            IsAhead = record.IsAhead,
            IsDirty = record.IsDirty,
            Local = record.IsAhead ? record.Local : record.Hub,
            DesiredBase = record.DesiredBase,
            DesiredDoubt = record.DesiredDoubt,
        };
        long order = long.MinValue; // before all that will come; who waited for them went with the last process
        foreach (var edit in KeptEdits.Read(record.Edits, record.Address))
        {
            shadow.Replays.Add(order, new SentEdit(order, edit, null));
            order++;
        }

        return shadow;
    }

    /// <summary>What the store is to keep.</summary>
    public TwinRecord ToRecord() => new(Name, Address)
    {
        IsKnown = IsKnown,
        Hub = Hub,
        Version = Version,
        EventVersion = EventVersion,
        IsAhead = IsAhead,
        IsDirty = IsDirty,
        Local = IsAhead ? Local : ShadowState.Absent,
        DesiredBase = IsAhead ? DesiredBase : null,
        DesiredDoubt = IsAhead ? DesiredDoubt : null,
        Edits = KeptEdits.Write(Unanswered()),
    };

    /// <summary>A local command changes it: the local twin at once.</summary>
    public void EditLocally(ShadowEdit edit)
    {
        if (!IsAhead) DesiredBase = Hub.Desired;
        Local = Local.Apply(edit);
        IsAhead = true;
        Changes++;
    }

    /// <summary>A request goes out.</summary>
    public void OnSent(ShadowPatch patch)
    {
        if (patch.Desired is not { Kind: JsonKind.Object } desired) return;
        foreach (string key in desired.Members!.Keys) DesiredDoubt = (DesiredDoubt ?? JsonValue.Empty).With(key, JsonValue.Null);
    }

    /// <summary>The hub has accepted a request, ours or another's.</summary>
    /// <param name="patch">What it asked for.</param>
    /// <param name="version">Version after it.</param>
    /// <param name="isOurs">Whether the local twin has it already.</param>
    /// <returns>False when messages before it are missing, so that the whole has to be fetched.</returns>
    public bool OnAccepted(ShadowPatch patch, long version, bool isOurs)
    {
        if (IsKnown && version <= Version) return true;
        bool isWhole = version == (IsKnown ? Version : 0) + 1;
        if (!IsKnown && !isWhole) return false;
        IsKnown = true;
        if (IsAhead && !isOurs) Local = Local.Apply(patch with { Desired = null, Reported = patch.Reported ?? JsonValue.Empty });
        SetHub(Hub.Apply(patch), version, isOurs);
        return isWhole;
    }

    /// <summary>The hub says what there is, or that there is nothing.</summary>
    public void OnTruth(ShadowState state, long version)
    {
        IsKnown = true;
        SetHub(state, version, isOurs: false);
    }

    /// <summary>The hub has deleted it.</summary>
    /// <param name="version">Version that was deleted.</param>
    /// <param name="isOurs">Whether the local twin has it already.</param>
    public void OnDeleted(long version, bool isOurs)
    {
        IsKnown = true;
        SetHub(ShadowState.Absent, version + 1, isOurs); // the delete consumes a version
        if (!isOurs && IsAhead && Replays.Count == 0 && Open.Count == 0) Local = ShadowState.Absent;
    }

    /// <summary>The hub has refused for good what the local twin holds: it gives way.</summary>
    public void Yield() => _yields = true;

    /// <summary>
    /// Nothing local is left to be sent. Where the local twin still differs, because a command was lost on its way, it wins once
    /// (spec/kanto-edge, section 17, item 13): <see cref="IsDirty"/>. After that the hub's word counts.
    /// </summary>
    /// <returns>Whether that changed something.</returns>
    public bool Settle()
    {
        if (!IsAhead || Open.Count > 0 || Replays.Count > 0 || IsDirty || !IsKnown || Fetch != FetchState.Idle) return false;
        if (!_yields && Hub.To(Local) is not null)
        {
            IsDirty = _yields = true;
            return true;
        }

        IsAhead = _yields = false;
        DesiredDoubt = null;
        Local = Hub;
        return true;
    }

    /// <summary>Remembers an edit to carry it out again.</summary>
    /// <returns>One that had to make room for it; null mostly.</returns>
    public SentEdit? Replay(SentEdit edit)
    {
        if (!Replays.TryGetValue(edit.Order, out var known) || known.Outcome is null) Replays[edit.Order] = edit;
        if (Replays.Count <= MostReplays) return null;
        var oldest = Replays.GetValueAtIndex(0);
        Replays.RemoveAt(0);
        return oldest;
    }

    /// <summary>Remembers who waits for the next update of a dirty shadow.</summary>
    /// <returns>One that had to make room for it; null mostly.</returns>
    public SentEdit? Coalesce(SentEdit edit)
    {
        Coalesced.Add(edit);
        if (Coalesced.Count <= MostReplays) return null;
        var oldest = Coalesced[0];
        Coalesced.RemoveAt(0);
        return oldest;
    }

    // Those under way whose record the spool still has come again from there.
    private List<ShadowEdit> Unanswered()
    {
        var edits = new SortedList<long, ShadowEdit>();
        foreach (var request in Open)
        {
            if (request.Job is { Waiting: > 0 } || request.SyncedChanges >= 0) continue;
            foreach (var edit in request.Edits) edits[edit.Order] = edit.Edit;
        }

        foreach (var (order, edit) in Replays) edits[order] = edit.Edit;
        return [.. edits.Values];
    }

    private void SetHub(ShadowState state, long version, bool isOurs)
    {
        (Hub, Version) = (state, version);
        if (!IsAhead)
        {
            Local = state;
            return;
        }

        if (!isOurs)
        {
            var change = WithDoubts(JsonMergePatch.Difference(DesiredBase, Local.Desired), state.Desired);
            Local = Local with { Desired = change is null ? state.Desired : JsonMergePatch.Apply(state.Desired, change) };
        }

        DesiredBase = state.Desired;
        if (Open.Count == 0) DesiredDoubt = null;
    }

    private JsonValue? WithDoubts(JsonValue? change, JsonValue? desired)
    {
        if (DesiredDoubt is null || change?.Kind == JsonKind.Null) return change;
        change ??= JsonValue.Empty;
        foreach (string key in DesiredDoubt.Members!.Keys)
            change = change.With(key, Local.Desired?[key] is { } value ? JsonMergePatch.Replace(value, desired?[key]) : JsonValue.Null);
        return change;
    }
}
