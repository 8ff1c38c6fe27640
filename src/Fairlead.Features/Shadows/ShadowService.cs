using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.Shadows;

/// <summary>
/// The rules of shadows, behind MQTT and HTTP alike. A change is checked, merged and handed to the store under the lock of its thing,
/// and answered after the commit: see <see cref="ShadowOutcome"/>. Lock order: thing, then the store's own queue; nothing else is taken
/// under a thing's lock, and nobody waits under it.
/// </summary>
internal sealed class ShadowService(
    FeatureContext context, ShadowTable table, ShadowPublisher publisher, ShadowAnswers answers, Func<string, bool> isRegistered)
{
    private readonly ShadowLimits _limits = context.Scope.Shadows;

    private uint Seconds => (uint)Math.Clamp(context.Now / 1000, 0, uint.MaxValue);

    /// <summary>Reads a shadow.</summary>
    /// <param name="name">Which.</param>
    /// <param name="scratch">Holds the token of the request, and takes the document in its text.</param>
    /// <param name="door">How the request came.</param>
    /// <param name="outcome">When the document shows a change that is not committed yet: what carries the answer afterwards. Null when it can be given at once.</param>
    /// <returns>Why not, or null.</returns>
    public ShadowRefusal? Get(ShadowName name, ShadowScratch scratch, ShadowDoor door, out ShadowOutcome? outcome)
    {
        outcome = null;
        var refusal = Find(name, out var thing) ?? Read(name, thing!, scratch, door, out outcome);
        answers.Note(ShadowOperation.Get, door, name, refusal);
        return refusal;
    }

    /// <summary>Changes a shadow, or makes it (spec/aws-shadow, section 5).</summary>
    /// <param name="name">Which.</param>
    /// <param name="payload">The request document.</param>
    /// <param name="scratch">Takes the request.</param>
    /// <param name="door">How the request came.</param>
    /// <param name="outcome">What carries the answer after the commit.</param>
    /// <returns>Why not, or null.</returns>
    public ShadowRefusal? Update(ShadowName name, ReadOnlySpan<byte> payload, ShadowScratch scratch, ShadowDoor door, out ShadowOutcome? outcome)
    {
        outcome = null;
        var refusal = CheckRequest(name, payload, scratch.Request, door);
        while (refusal is null)
        {
            var thing = table.FindOrAdd(name.Thing);
            lock (thing.Lock)
            {
                if (thing.IsForgotten) continue;
                refusal = CheckLoad(thing) ?? Apply(name, thing, scratch, door, out outcome);
                if (thing.IsEmpty) table.Forget(thing);
            }

            break;
        }

        answers.Note(ShadowOperation.Update, door, name, refusal);
        return refusal;
    }

    /// <summary>Changes a twin: sections of the shadow, or tags (spec/azure-gateway, section 6).</summary>
    /// <param name="name">Which shadow the twin is.</param>
    /// <param name="payload">See <see cref="ShadowRequest.ReadTwin"/>.</param>
    /// <param name="guard">What the caller believes is the present state.</param>
    /// <param name="scratch">Takes the request.</param>
    /// <param name="outcome">What carries the end of the commit.</param>
    /// <returns>Why not, or null.</returns>
    public ShadowRefusal? UpdateTwin(ShadowName name, ReadOnlySpan<byte> payload, in TwinGuard guard, ShadowScratch scratch, out ShadowOutcome? outcome)
    {
        outcome = null;
        var refusal = scratch.Request.ReadTwin(payload, guard.Replaces);
        if (refusal is null && publisher.Pending >= ShadowLimits.MostPending) refusal = ShadowRefusal.TooMany;
        if (refusal is null && !context.Documents.IsHealthy) refusal = ShadowRefusal.Unavailable;
        while (refusal is null)
        {
            var thing = table.FindOrAdd(name.Thing);
            lock (thing.Lock)
            {
                if (thing.IsForgotten) continue;
                if (thing.InFlight >= ShadowLimits.MostInFlightOfTwin) refusal = ShadowRefusal.TooMany;
                else if (!guard.Holds(new ShadowDocument(thing.Find(name.Shadow)?.Body).Counters)) refusal = ShadowRefusal.Conflict;
                else refusal = Apply(name, thing, scratch, ShadowDoor.Twin, out outcome);
                if (thing.IsEmpty) table.Forget(thing);
            }

            break;
        }

        answers.Note(ShadowOperation.Update, ShadowDoor.Twin, name, refusal);
        return refusal;
    }

    /// <summary>The stored document behind a twin; empty when nothing was ever written.</summary>
    /// <param name="name">Which shadow the twin is.</param>
    /// <param name="shown">When the document shows a change that is not committed yet: what to wait for before anybody may see it.</param>
    public byte[] ReadTwin(ShadowName name, out ShadowOutcome? shown)
    {
        shown = null;
        answers.Note(ShadowOperation.Get, ShadowDoor.Twin, name, refusal: null);
        if (table.Find(name.Thing) is not { } thing) return [];
        lock (thing.Lock)
        {
            if (thing.Find(name.Shadow) is not { } shadow) return [];
            if (shadow.Pending is not { } pending) return shadow.Body;
            shown = new ShadowOutcome(publisher)
            {
                Thing = thing,
                Shadow = shadow,
                Operation = ShadowOperation.Get,
                Door = ShadowDoor.Twin,
                Answer = [],
                Waiter = NewWaiter(ShadowDoor.Twin),
            };
            (pending.Followers ??= []).Add(shown);
            thing.InFlight++;
            return shadow.Body;
        }
    }

    /// <summary>The stored document behind a twin as it is now, for searches: a change that is not committed yet may show.</summary>
    /// <param name="name">Which shadow the twin is.</param>
    public byte[] PeekTwin(ShadowName name)
    {
        if (table.Find(name.Thing) is not { } thing) return [];
        lock (thing.Lock) return thing.Find(name.Shadow)?.Body ?? [];
    }

    /// <summary>Deletes what a twin leaves behind when its identity goes: the tags, and the shadow with them unless it was there before.</summary>
    /// <param name="name">Which shadow the twin is.</param>
    /// <param name="keepsShadow">Whether the shadow stays.</param>
    public void DeleteTwin(ShadowName name, bool keepsShadow)
    {
        if (table.Find(name.Thing) is not { } thing) return;
        var scratch = ShadowScratch.Take();
        if (keepsShadow)
        {
            _ = UpdateTwin(name, "{\"tags\":null}"u8, default, scratch, out _);
            scratch.Give();
            return;
        }

        lock (thing.Lock)
        {
            if (thing.Find(name.Shadow) is { } shadow)
            {
                byte[] before = shadow.Body;
                var stored = new ShadowDocument(before);
                scratch.Text.Clear();
                // Tags alone are no shadow: nobody is told that one is gone.
                if (stored.Exists) ShadowMessages.WriteDeleted(scratch.Text, stored.Version, Seconds, default);
                shadow.Body = ShadowDocument.Tombstone(scratch.Body, stored, stored.Version + (stored.Exists ? 1 : 0), Seconds, keepsTags: false);
                Commit(NewOutcome(thing, shadow, ShadowOperation.Delete, ShadowDoor.Twin, scratch, before));
            }
        }

        scratch.Give();
    }

    /// <summary>Deletes a shadow; its version lives on (spec/aws-shadow, section 7).</summary>
    /// <param name="name">Which.</param>
    /// <param name="scratch">Holds the token of the request.</param>
    /// <param name="door">How the request came.</param>
    /// <param name="outcome">What carries the answer after the commit.</param>
    /// <returns>Why not, or null.</returns>
    public ShadowRefusal? Delete(ShadowName name, ShadowScratch scratch, ShadowDoor door, out ShadowOutcome? outcome)
    {
        outcome = null;
        var refusal = Find(name, out var thing) ?? Remove(name, thing!, scratch, door, out outcome);
        answers.Note(ShadowOperation.Delete, door, name, refusal);
        return refusal;
    }

    /// <summary>Names of the named shadows of a thing in ordinal order.</summary>
    public IReadOnlyList<string> NamesOf(string thingName)
    {
        if (table.Find(thingName) is not { } thing) return [];
        var names = new List<string>();
        lock (thing.Lock)
        {
            foreach (var shadow in thing.Named)
            {
                if (new ShadowDocument(shadow.Body).Exists) names.Add(shadow.Name.ToString());
            }
        }

        return names;
    }

    /// <summary>The document of a shadow as a get answers it now; null when there is none.</summary>
    public byte[]? Find(string thingName, string? shadowName)
    {
        if (table.Find(thingName) is not { } thing) return null;
        byte[]? body;
        lock (thing.Lock) body = thing.Find(shadowName)?.Body;
        if (!new ShadowDocument(body).Exists) return null;
        var scratch = ShadowScratch.Take();
        ShadowMessages.WriteGet(scratch, new ShadowDocument(body), Seconds, default);
        byte[] answer = scratch.Text.ToArray();
        scratch.Give();
        return answer;
    }

    private ShadowRefusal? CheckRequest(ShadowName name, ReadOnlySpan<byte> payload, ShadowRequest request, ShadowDoor door)
    {
        request.Forget();
        if (name.Check() is { } badName) return badName;
        // Asked again under the lock; here it spares the work on what would be refused anyway.
        if (publisher.Pending >= ShadowLimits.MostPending || table.Find(name.Thing)?.InFlight >= _limits.MaximumInFlight)
        {
            request.ReadTokenAlone(payload);
            return ShadowRefusal.TooMany;
        }

        if (request.Read(payload, _limits) is { } invalid) return invalid;
        if (_limits.RequireRegisteredThing && !isRegistered(name.Thing.ToString())) return ShadowRefusal.NoThing;
        // What cannot be written must not be changed: it could not be answered, and not be taken back either.
        if (context.Documents.IsHealthy) return null;
        return door == ShadowDoor.Mqtt ? ShadowRefusal.Failed : ShadowRefusal.Unavailable;
    }

    /// <summary>Under the lock of the thing.</summary>
    private ShadowRefusal? CheckLoad(ThingShadows thing)
    {
        if (thing.InFlight >= _limits.MaximumInFlight) return ShadowRefusal.TooMany;
        return _limits.MaximumRate > 0 && !thing.TryCount(context.Now / 1000, _limits.MaximumRate) ? ShadowRefusal.TooMany : null;
    }

    private ShadowRefusal? Find(ShadowName name, out ThingShadows? thing)
    {
        thing = null;
        if (name.Check() is { } refusal) return refusal;
        thing = table.Find(name.Thing);
        return thing is null ? ShadowRefusal.NotFound(name.Told) : null;
    }

    private ShadowRefusal? Read(ShadowName name, ThingShadows thing, ShadowScratch scratch, ShadowDoor door, out ShadowOutcome? outcome)
    {
        outcome = null;
        byte[] body;
        lock (thing.Lock)
        {
            if (CheckLoad(thing) is { } refusal) return refusal;
            if (thing.Find(name.Shadow) is not { } shadow || !new ShadowDocument(shadow.Body).Exists) return ShadowRefusal.NotFound(name.Told);
            body = shadow.Body;
            if (shadow.Pending is { } pending)
            {
                // Nobody may see a version that a crash could take back.
                ShadowMessages.WriteGet(scratch, new ShadowDocument(body), Seconds, scratch.Request.Token);
                outcome = NewOutcome(thing, shadow, ShadowOperation.Get, door, scratch);
                (pending.Followers ??= []).Add(outcome);
                thing.InFlight++;
                return null;
            }
        }

        ShadowMessages.WriteGet(scratch, new ShadowDocument(body), Seconds, scratch.Request.Token);
        return null;
    }

    /// <summary>Under the lock of the thing.</summary>
    private ShadowRefusal? Apply(ShadowName name, ThingShadows thing, ShadowScratch scratch, ShadowDoor door, out ShadowOutcome? outcome)
    {
        outcome = null;
        var request = scratch.Request;
        var shadow = thing.Find(name.Shadow);
        byte[] before = shadow?.Body ?? [];
        var stored = new ShadowDocument(before);
        if (request.Version >= 0 && request.Version != stored.Version) return ShadowRefusal.Conflict;
        // Tags are no part of the shadow: what changes them alone makes no version of it, and no shadow.
        bool ofState = request.State >= 0;
        long version = stored.Version + (ofState ? 1 : 0);
        uint time = Seconds;
        var body = scratch.Body;
        bool isCleared = ofState && request.Tree[request.State].Kind == Json.JsonKind.Null;
        bool ofDesired = isCleared || request.Desired >= 0;
        var counters = stored.Counters.After(ofDesired, isCleared || request.Reported >= 0, request.Tags >= 0, time);
        ShadowDocument.Begin(body, version, isDeleted: !ofState && !stored.Exists, counters);
        Merge(scratch, stored, time, isCleared);
        if (CheckSize(body, request, door) is { } tooLarge) return tooLarge;

        scratch.Text.Clear();
        if (ofState) ShadowMessages.WriteAccepted(scratch.Text, request, version, time);
        byte[] after = body.ToArray();
        if (shadow is null) shadow = thing.Add(name.Shadow, after);
        else shadow.Body = after;
        outcome = new ShadowOutcome(publisher)
        {
            Thing = thing,
            Shadow = shadow,
            Operation = ShadowOperation.Update,
            Door = door,
            Time = time,
            Answer = scratch.Text.ToArray(),
            TokenLength = request.Token.Length,
            Before = stored.Exists ? before : [],
            After = after,
            ChangesDesired = ofDesired,
            Replaces = request.Replaces,
            Acknowledgment = door == ShadowDoor.Mqtt ? context.Broker.HoldAcknowledgment() : null,
            Waiter = NewWaiter(door),
            Cause = context.Broker.CauseAtWork,
        };
        Commit(outcome);
        return null;
    }

    private ShadowRefusal? CheckSize(ByteBuffer body, ShadowRequest request, ShadowDoor door)
    {
        var merged = new ShadowDocument(body.Written);
        if (door == ShadowDoor.Twin)
        {
            // Only what is written is measured: what came by the other dialect may be larger, and stays readable.
            return (request.Desired < 0 ? null : TwinRules.CheckSize(merged.Desired, TwinRules.LargestProperties, "desired"))
                ?? (request.Reported < 0 ? null : TwinRules.CheckSize(merged.Reported, TwinRules.LargestProperties, "reported"))
                ?? (request.Tags < 0 ? null : TwinRules.CheckSize(merged.Tags, TwinRules.LargestTags, "tags"));
        }

        // The compact form is longer than the JSON but for two bytes a section: most documents need not be measured.
        return body.Length > _limits.MaximumDocumentSize
            && StoredText.StateLength(merged.Desired) + StoredText.StateLength(merged.Reported) > _limits.MaximumDocumentSize
            ? ShadowRefusal.TooLarge
            : null;
    }

    private static void Merge(ShadowScratch scratch, ShadowDocument stored, uint time, bool isCleared)
    {
        var request = scratch.Request;
        var merge = new ShadowMerge(request.Tree, scratch.Body, scratch.Other, time);
        // state: null clears both sections, and whatever was deleted left nothing behind.
        if (!isCleared) merge.Section(request.Replaces && request.Desired >= 0 ? default : stored.Desired, request.Desired);
        ShadowDocument.EndDesired(scratch.Body);
        if (!isCleared) merge.Section(stored.Reported, request.Reported);
        ShadowDocument.EndReported(scratch.Body);
        merge.Section(request.Replaces && request.Tags >= 0 ? default : stored.Tags, request.Tags);
    }

    private ShadowRefusal? Remove(ShadowName name, ThingShadows thing, ShadowScratch scratch, ShadowDoor door, out ShadowOutcome? outcome)
    {
        outcome = null;
        if (!context.Documents.IsHealthy) return door == ShadowDoor.Mqtt ? ShadowRefusal.Failed : ShadowRefusal.Unavailable;
        lock (thing.Lock)
        {
            if (CheckLoad(thing) is { } refusal) return refusal;
            if (thing.Find(name.Shadow) is not { } shadow || !new ShadowDocument(shadow.Body).Exists) return ShadowRefusal.NotFound(name.Told);
            byte[] before = shadow.Body;
            long version = new ShadowDocument(before).Version;
            scratch.Text.Clear();
            ShadowMessages.WriteDeleted(scratch.Text, version, Seconds, scratch.Request.Token);
            shadow.Body = ShadowDocument.Tombstone(scratch.Body, new ShadowDocument(before), version + 1, Seconds);
            outcome = NewOutcome(thing, shadow, ShadowOperation.Delete, door, scratch, before);
            Commit(outcome);
            return null;
        }
    }

    private ShadowOutcome NewOutcome(ThingShadows thing, Shadow shadow, ShadowOperation operation, ShadowDoor door, ShadowScratch scratch, byte[]? before = null) => new(publisher)
    {
        Thing = thing,
        Shadow = shadow,
        Operation = operation,
        Door = door,
        Answer = scratch.Text.ToArray(),
        Before = before ?? [],
        After = before is null ? [] : shadow.Body,
        ChangesDesired = before is not null,
        Acknowledgment = door == ShadowDoor.Mqtt && operation == ShadowOperation.Delete ? context.Broker.HoldAcknowledgment() : null,
        Waiter = NewWaiter(door),
        Cause = context.Broker.CauseAtWork,
    };

    private static TaskCompletionSource<bool>? NewWaiter(ShadowDoor door) =>
        door != ShadowDoor.Mqtt ? new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously) : null;

    private void Commit(ShadowOutcome outcome)
    {
        outcome.Shadow.Pending = outcome;
        outcome.Thing.InFlight++;
        publisher.Announce();
        table.Save(outcome.Shadow, outcome);
    }
}
