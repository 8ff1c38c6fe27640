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
        return door == ShadowDoor.Http ? ShadowRefusal.Unavailable : ShadowRefusal.Failed;
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
        long version = stored.Version + 1;
        uint time = Seconds;
        var body = scratch.Body;
        ShadowDocument.Begin(body, version, isDeleted: false);
        Merge(scratch, stored, time);
        var merged = new ShadowDocument(body.Written);
        // The compact form is longer than the JSON but for two bytes a section: most documents need not be measured.
        if (body.Length > _limits.MaximumDocumentSize
            && StoredText.StateLength(merged.Desired) + StoredText.StateLength(merged.Reported) > _limits.MaximumDocumentSize) return ShadowRefusal.TooLarge;

        scratch.Text.Clear();
        ShadowMessages.WriteAccepted(scratch.Text, request, version, time);
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
            Acknowledgment = door == ShadowDoor.Mqtt ? context.Broker.HoldAcknowledgment() : null,
            Waiter = NewWaiter(door),
            Cause = context.Broker.CauseAtWork,
        };
        Commit(outcome);
        return null;
    }

    private static void Merge(ShadowScratch scratch, ShadowDocument stored, uint time)
    {
        var request = scratch.Request;
        var merge = new ShadowMerge(request.Tree, scratch.Body, scratch.Other, time);
        // state: null clears both sections, and whatever was deleted left nothing behind.
        bool isCleared = request.Tree[request.State].Kind == Json.JsonKind.Null;
        if (!isCleared) merge.Section(stored.Desired, request.Desired);
        ShadowDocument.EndDesired(scratch.Body);
        if (!isCleared) merge.Section(stored.Reported, request.Reported);
    }

    private ShadowRefusal? Remove(ShadowName name, ThingShadows thing, ShadowScratch scratch, ShadowDoor door, out ShadowOutcome? outcome)
    {
        outcome = null;
        if (!context.Documents.IsHealthy) return door == ShadowDoor.Http ? ShadowRefusal.Unavailable : ShadowRefusal.Failed;
        lock (thing.Lock)
        {
            if (CheckLoad(thing) is { } refusal) return refusal;
            if (thing.Find(name.Shadow) is not { } shadow || !new ShadowDocument(shadow.Body).Exists) return ShadowRefusal.NotFound(name.Told);
            long version = new ShadowDocument(shadow.Body).Version;
            scratch.Text.Clear();
            ShadowMessages.WriteDeleted(scratch.Text, version, Seconds, scratch.Request.Token);
            shadow.Body = ShadowDocument.Tombstone(version + 1);
            outcome = NewOutcome(thing, shadow, ShadowOperation.Delete, door, scratch);
            Commit(outcome);
            return null;
        }
    }

    private ShadowOutcome NewOutcome(ThingShadows thing, Shadow shadow, ShadowOperation operation, ShadowDoor door, ShadowScratch scratch) => new(publisher)
    {
        Thing = thing,
        Shadow = shadow,
        Operation = operation,
        Door = door,
        Answer = scratch.Text.ToArray(),
        Acknowledgment = door == ShadowDoor.Mqtt && operation == ShadowOperation.Delete ? context.Broker.HoldAcknowledgment() : null,
        Waiter = NewWaiter(door),
        Cause = context.Broker.CauseAtWork,
    };

    private static TaskCompletionSource<bool>? NewWaiter(ShadowDoor door) =>
        door == ShadowDoor.Http ? new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously) : null;

    private void Commit(ShadowOutcome outcome)
    {
        outcome.Shadow.Pending = outcome;
        outcome.Thing.InFlight++;
        publisher.Announce();
        table.Save(outcome.Shadow, outcome);
    }
}
