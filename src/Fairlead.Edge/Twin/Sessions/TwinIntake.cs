using Fairlead.Edge.Ditto;
using Fairlead.Edge.Twin.Commands;
using Fairlead.Edge.Twin.Messages;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Sessions;

/// <summary>
/// Decides about messages of local applications, carries commands out on the local twin and answers them (spec/kanto-edge, sections 13.2 to
/// 13.5, 13.10 and 14).
/// </summary>
internal sealed class TwinIntake(TwinContext context, HubRequests requests, Outcomes outcomes)
{
    private readonly TwinConverter _converter = new(child => LocalFeatures(context.Map, child));
    private readonly TwinConverter _hubConverter = new(child => HubFeatures(context.Map, child));
    private readonly Retrieval _retrieval = new(context.Map, context.Options.DeviceId);
    private bool _hasWarnedOfDefinition;

    /// <summary>The filters; a reload replaces them.</summary>
    public required TwinFilters Filters { get; set; }

    /// <summary>Where a message goes; what to publish at once is in the outbox.</summary>
    public TwinFate Accept(DittoEnvelope envelope)
    {
        if (TwinCommand.TryRead(envelope, context.Options.DeviceId) is not { } command) return Other(envelope);
        if (command.Action == TwinAction.Retrieve) return Retrieve(command);
        if (context.Options.Direction == TwinDirection.FromCloud) return Other(envelope);
        context.Counters.CountCommand();
        if (Convert(command, _converter, counts: true) is not { } conversion)
        {
            context.Counters.CountFiltered();
            return TwinFate.Taken;
        }

        if (conversion.Error is not null) return Refuse(command, conversion.Error);
        if (conversion.Edits.Count == 0)
        {
            if (conversion.IsForeign) return TwinFate.Forward;
            if (outcomes.WantsAnswer(command)) context.Outbox.Add(TwinMessages.Success(command, isNew: false));
            return TwinFate.Taken;
        }

        return FindFault(command, conversion) is { } error ? Refuse(command, error) : CarryOut(command, conversion);
    }

    /// <summary>The edits of a command against what the hub has; null when the filters leave nothing of it.</summary>
    public TwinConversion? ConvertForHub(TwinCommand command) => Convert(command, _hubConverter, counts: false);

    private static List<string> LocalFeatures(ShadowMap map, string child) =>
        [.. map.OfThing(child).Where(static shadow => shadow is { Local.Exists: true, Address.Feature: not null }).Select(static shadow => shadow.Address.Feature!)];

    private static List<string> HubFeatures(ShadowMap map, string child) =>
        [.. map.OfThing(child).Where(static shadow => shadow.Address.Feature is not null && (shadow.Projected.Exists || !shadow.IsKnown)).Select(static shadow => shadow.Address.Feature!)];

    private TwinConversion? Convert(TwinCommand command, TwinConverter converter, bool counts)
    {
        if (Filters.DropsCommand(command.Topic.Text, counts)) return null;
        if (command.Action == TwinAction.Delete)
            return Filters.DropsDelete(command.Segments, counts) ? null : converter.Convert(command.Child, command.Action, command.Segments, null);
        var value = command.Value is null ? null : Filters.Filter(command.Segments, command.Value, counts);
        if (value is null && command.Value is not null) return null;
        return converter.Convert(command.Child, command.Action, command.Segments, value);
    }

    private TwinFate Other(DittoEnvelope envelope)
    {
        if (!Filters.DropsOther(envelope.Topic.Text)) return TwinFate.Forward;
        context.Counters.CountFiltered();
        return TwinFate.Taken;
    }

    private TwinFate Retrieve(TwinCommand command)
    {
        if (!_retrieval.TryAnswer(command, out var value, out var error)) return TwinFate.Forward;
        context.Counters.CountRetrieved();
        if (command.IsResponseRequired != false)
            context.Outbox.Add(error is null ? TwinMessages.Retrieved(command, value!) : TwinMessages.Failure(command, error));
        return TwinFate.Taken;
    }

    private TwinError? FindFault(TwinCommand command, TwinConversion conversion)
    {
        if (command is { Action: TwinAction.Create, Segments: [] } && _retrieval.Thing(command.Child) is not null) return TwinError.Conflict;
        if (command.ExpectedVersion is { } version)
        {
            if (version < 0) return TwinError.PreconditionFailed;
            if (conversion.Edits.Count > 1) return TwinError.Invalid("If-Match needs a command about one shadow.");
            if (context.Options.Offline == TwinOffline.Coalesce && context.Map.Find(conversion.Edits[0].Address)?.Version != version) return TwinError.PreconditionFailed;
        }

        foreach (var edit in conversion.Edits)
        {
            var shadow = context.Map.Find(edit.Address);
            if (shadow is null && context.Map.IsFull)
                return new TwinError(413, "things:thing.toolarge", "The device has too many shadows.", $"There may be {ShadowMap.MostShadows}.");
            var patch = (shadow?.Local ?? ShadowState.Absent).Plan(edit, TwinPatch.Full);
            if (patch?.FindFault(context.Options.MaxBytes, context.Options.MaxDepth) is { } fault) return TwinError.Of(fault, context.Options);
        }

        if (context.Options.Ack == TwinAck.Local || !outcomes.WantsAnswer(command)) return null;
        return !context.IsConnected ? TwinError.Unavailable : !outcomes.HasRoom() ? TwinError.TooMany : null;
    }

    private TwinFate Refuse(TwinCommand command, TwinError error)
    {
        context.Counters.CountRefused();
        TwinLog.Refused(context.Logger, command.Topic.Text, command.Path, error.Status, error.Description);
        if (outcomes.WantsAnswer(command)) context.Outbox.Add(TwinMessages.Failure(command, error));
        return TwinFate.Taken;
    }

    private TwinFate CarryOut(TwinCommand command, TwinConversion conversion)
    {
        if (conversion.HasDefinitionClash && !_hasWarnedOfDefinition)
        {
            _hasWarnedOfDefinition = true;
            TwinLog.DefinitionClash(context.Logger, command.Path);
        }

        bool isThere = _retrieval.Find(command.Child, command.Segments) is not null;
        bool isMissing = command.Action == TwinAction.Delete && !isThere && IsKnown(conversion);
        foreach (var edit in conversion.Edits)
        {
            var shadow = context.Map.GetOrAdd(edit.Address, out var rival);
            if (rival is not null) TwinLog.NameTaken(context.Logger, edit.Address.RawName, rival.Address.TaggedName, shadow.Name);
            shadow.EditLocally(edit);
            context.Touched.Add(shadow);
        }

        foreach (var label in command.Headers["requested-acks"]?.Elements ?? [])
        {
            if (label.AsString() is { } text and not "twin-persisted") TwinLog.AckLabel(context.Logger, text);
        }

        bool wantsAnswer = outcomes.WantsAnswer(command);
        bool waitsForHub = wantsAnswer && context.Options.Ack == TwinAck.Cloud;
        if (wantsAnswer && !waitsForHub)
            context.Outbox.Add(isMissing ? TwinMessages.Failure(command, NotFound(command)) : TwinMessages.Success(command, !isThere));
        if (context.Options.Offline == TwinOffline.Queue)
        {
            if (waitsForHub) outcomes.Expect(command, !isThere);
            return TwinFate.Spool;
        }

        Coalesce(command, conversion, waitsForHub, !isThere);
        return TwinFate.Taken;
    }

    private void Coalesce(TwinCommand command, TwinConversion conversion, bool waitsForHub, bool isNew)
    {
        var outcome = outcomes.OfCoalesced(command, waitsForHub);
        (outcome.Waiting, outcome.IsSweep, outcome.IsNew) = (conversion.Edits.Count, conversion.Edits.Count > 1, isNew);
        foreach (var edit in conversion.Edits)
        {
            var shadow = context.Map.GetOrAdd(edit.Address, out _);
            shadow.IsDirty = true;
            if (shadow.Coalesce(new SentEdit(0, edit, outcome)) is { } dropped) outcomes.Complete(dropped.Outcome, null);
            if (!shadow.IsKnown) requests.Get(shadow);
            requests.Revisit(shadow, shadow.RetryAt - context.Time.GetUtcNow());
        }
    }

    private bool IsKnown(TwinConversion conversion) => conversion.Edits.All(edit => context.Map.Find(edit.Address) is { IsKnown: true });

    private static TwinError NotFound(TwinCommand command) => command.Segments switch
    {
        [] => TwinError.ThingNotFound,
        ["attributes", ..] => TwinError.AttributeNotFound,
        ["features"] or ["features", _] => TwinError.FeatureNotFound,
        _ => TwinError.PropertyNotFound,
    };
}
