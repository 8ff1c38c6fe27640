using Fairlead.Edge.Json;
using Fairlead.Edge.Twin.Commands;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Sessions;

/// <summary>What the hub says about shadows: answers to our requests, the doings of others, deltas (spec/kanto-edge, sections 13.7 and 14).</summary>
internal sealed class HubAnswers(TwinContext context, RequestWindow window, HubRequests requests, Outcomes outcomes)
{
    /// <summary>A message about a shadow.</summary>
    public void OnMessage(string name, ShadowOperation operation, ShadowAnswer answer, JsonValue document)
    {
        if (context.Map.FindOrAdopt(name) is not { } shadow)
        {
            context.Counters.CountStranger();
            return;
        }

        context.Touched.Add(shadow);
        string? token = document["clientToken"]?.AsString();
        switch (operation, answer)
        {
            case (ShadowOperation.Update, ShadowAnswer.Delta):
                OnDelta(shadow, document);
                break;
            case (ShadowOperation.Update, ShadowAnswer.Accepted):
                OnUpdated(shadow, document, window.Take(shadow, operation, token), token);
                break;
            case (ShadowOperation.Delete, ShadowAnswer.Accepted):
                OnDeleted(shadow, document, window.Take(shadow, operation, token), token);
                break;
            case (ShadowOperation.Get, ShadowAnswer.Accepted):
                OnGot(shadow, document, window.Take(shadow, operation, token));
                break;
            case (ShadowOperation.Get, _):
                if (window.Take(shadow, operation, token) is not null) OnGetRejected(shadow, document);
                break;
            default:
                if (window.Take(shadow, operation, token) is { } request) OnRejected(request, document);
                break;
        }
    }

    private static long VersionOf(JsonValue document) => document["version"]?.AsInteger() ?? 0;

    private static JsonValue? SectionOf(JsonValue? state, string name) => state?[name] is { Kind: JsonKind.Object, IsEmpty: false } section ? section : null;

    private void OnUpdated(TwinShadow shadow, JsonValue document, ShadowRequest? request, string? token)
    {
        var state = document["state"];
        var patch = state is null or { Kind: JsonKind.Null }
            ? new ShadowPatch(JsonValue.Null, JsonValue.Null)
            : new ShadowPatch(state["reported"], state["desired"]);
        if (patch.IsDelete) patch = new ShadowPatch(JsonValue.Empty, null); // neither section: it only exists now
        bool isWhole = shadow.OnAccepted(patch, VersionOf(document), request is not null || window.IsForgotten(token));
        if (!isWhole) requests.Get(shadow);
        if (request is not null) Succeed(shadow, request);
    }

    private void OnDeleted(TwinShadow shadow, JsonValue document, ShadowRequest? request, string? token)
    {
        bool isOurs = request is not null || window.IsForgotten(token);
        long version = VersionOf(document);
        bool existed = shadow.Hub.Exists || !shadow.IsKnown;
        if (!shadow.IsKnown || version >= shadow.Version) shadow.OnDeleted(version, isOurs);
        if (!isOurs && existed) TellDeleted(shadow, version);
        if (request is not null) Succeed(shadow, request);
    }

    private void TellDeleted(TwinShadow shadow, long version)
    {
        shadow.OwesEvents = false;
        shadow.EventVersion = Math.Max(shadow.EventVersion, version);
        if (!context.TellsLocally) return;
        context.Counters.CountEvent();
        context.Outbox.Add(context.Messages.Deleted(shadow.Address, version));
    }

    private void Succeed(TwinShadow shadow, ShadowRequest request)
    {
        context.Counters.CountRequest(request.Operation, 200);
        Answered(shadow, request);
        shadow.Refusals = 0;
        if (request.SyncedChanges == shadow.Changes) shadow.IsDirty = false;
        outcomes.Complete(request, null);
    }

    private static void Answered(TwinShadow shadow, ShadowRequest request)
    {
        foreach (var edit in request.Edits) shadow.AnsweredOrder = Math.Max(shadow.AnsweredOrder, edit.Order);
    }

    private void OnRejected(ShadowRequest request, JsonValue document)
    {
        var shadow = request.Shadow;
        long code = document["code"]?.AsInteger() ?? 500;
        string message = document["message"]?.AsString() ?? "";
        context.Counters.CountRequest(request.Operation, (int)Math.Clamp(code, 0, 999));
        bool mayPass = (code == 409 && !request.HasVersion) || code is 429 or >= 500;
        if (code == 404 && request.Operation == ShadowOperation.Delete) shadow.OnTruth(ShadowState.Absent, shadow.Version);
        if (code == 409) requests.Get(shadow);
        if (mayPass && shadow.Refusals < context.Options.Retries)
        {
            shadow.Refusals++;
            requests.Remember(request, isRefused: true);
            requests.Revisit(shadow, TwinContext.Backoff(shadow.Refusals));
        }
        else
        {
            var error = TwinError.OfRejection(code, message, shadow.Address, request.HasVersion);
            TwinLog.Rejected(context.Logger, shadow.Name, code, message);
            shadow.Refusals = 0;
            shadow.Yield();
            if (request.SyncedChanges == shadow.Changes) shadow.IsDirty = false; // the next change brings all of it again
            outcomes.Complete(request, error);
        }

        // What was sent behind it was made for a state that did not come about.
        foreach (var later in shadow.Open)
        {
            foreach (var edit in later.Edits) requests.Replay(shadow, edit with { Outcome = null });
        }

        Answered(shadow, request);
    }

    private void OnGot(TwinShadow shadow, JsonValue document, ShadowRequest? request)
    {
        if (request is not null)
        {
            context.Counters.CountRequest(ShadowOperation.Get, 200);
            (shadow.Fetch, shadow.FetchFailures) = (FetchState.Idle, 0);
        }

        long version = VersionOf(document);
        if (shadow.IsKnown && version < shadow.Version) return;
        var before = shadow.IsKnown ? shadow.Hub.Desired : null;
        bool tellsAll = shadow.OwesEvents || !shadow.IsKnown;
        var state = document["state"];
        shadow.OnTruth(new ShadowState(true, SectionOf(state, "reported"), SectionOf(state, "desired")), version);
        shadow.OwesEvents = false;
        if (version <= shadow.EventVersion) return;
        if (SectionOf(state, "delta") is { } delta)
        {
            foreach (string key in delta.Members!.Keys)
            {
                if (shadow.Hub.Desired?[key] is { } wanted && (tellsAll || !wanted.IsSame(before?[key]))) TellDesired(shadow, key, wanted, version);
            }
        }

        shadow.EventVersion = version;
    }

    private void OnGetRejected(TwinShadow shadow, JsonValue document)
    {
        long code = document["code"]?.AsInteger() ?? 500;
        context.Counters.CountRequest(ShadowOperation.Get, (int)Math.Clamp(code, 0, 999));
        if (code != 404)
        {
            requests.OnGetFailed(shadow, code is 409 or 429 or >= 500);
            return;
        }

        (shadow.Fetch, shadow.FetchFailures) = (FetchState.Idle, 0);
        bool wasDeleted = shadow.IsKnown && shadow.Hub.Exists && shadow.Local.Exists;
        shadow.OnTruth(ShadowState.Absent, shadow.Version);
        if (wasDeleted) TellDeleted(shadow, shadow.Version);
    }

    private void OnDelta(TwinShadow shadow, JsonValue document)
    {
        long version = VersionOf(document);
        if (!context.TellsLocally || version <= shadow.EventVersion || document["state"] is not { Kind: JsonKind.Object } delta) return;
        if (!shadow.IsKnown || shadow.Version < version)
        {
            shadow.OwesEvents = true; // the get brings the whole values
            requests.Get(shadow);
            return;
        }

        shadow.EventVersion = version;
        foreach (string key in delta.Members!.Keys)
        {
            if (shadow.Hub.Desired?[key] is { } wanted) TellDesired(shadow, key, wanted, version);
        }
    }

    private void TellDesired(TwinShadow shadow, string key, JsonValue wanted, long version)
    {
        if (!context.TellsLocally) return;
        context.Counters.CountEvent();
        context.Outbox.Add(context.Messages.DesiredModified(shadow.Address, key, wanted, version));
    }
}
