using System.Text.Json;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Features.Shadows;
using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.IotHub.Twins;

/// <summary>See <see cref="ITwins"/>. Everything is done by the rules of shadows; here is what differs.</summary>
internal sealed class TwinService : ITwins
{
    private static readonly TimeSpan LongestCommit = TimeSpan.FromSeconds(10);
    private readonly FeatureContext _context;
    private readonly ShadowFeature _shadows;
    private readonly IdentityService _identities;
    private readonly IdentityView _view;
    private readonly RateLimit _rate;

    /// <summary>Composes it.</summary>
    public TwinService(FeatureContext context, IotHubOptions options, ShadowFeature shadows, IdentityService identities, IdentityView view)
    {
        _context = context;
        _shadows = shadows;
        _identities = identities;
        _view = view;
        _rate = new RateLimit(context.Time, options.TwinRate);
        identities.Deleting += OnDeleting;
    }

    /// <inheritdoc/>
    public async ValueTask<TwinAnswer> GetAsync(IdentityName name, CancellationToken cancellationToken)
    {
        if (Find(name, out var error) is not { } identity) return TwinAnswer.Refuse(error!);
        byte[]? body = await ReadBodyAsync(identity, cancellationToken).ConfigureAwait(false);
        return body is null ? Unavailable() : Answer(body, static (to, document) => TwinText.WriteForDevice(to, document));
    }

    /// <inheritdoc/>
    public ValueTask<TwinAnswer> PatchReportedAsync(IdentityName name, ReadOnlyMemory<byte> patch, long? version, CancellationToken cancellationToken)
    {
        if (Find(name, out var error) is not { } identity) return new(TwinAnswer.Refuse(error!));
        var text = new ByteBuffer();
        text.Write("{\"state\":{\"reported\":"u8);
        if (!TryWriteValue(text, patch.Span)) return new(TwinAnswer.Refuse(IotHubError.ArgumentInvalid("the reported properties are not a JSON object")));
        text.Write("}}"u8);
        return ChangeAsync(identity, text, new TwinGuard(ReportedVersion: version), ofDevice: true, cancellationToken);
    }

    /// <inheritdoc/>
    public IDisposable SubscribeDesired(IdentityName name, Action<DesiredChange> listener)
    {
        string thing = ThingNames.OfDevice(name.DeviceId);
        string key = name.ModuleId is null ? thing : $"{thing}/{ThingNames.OfModule(name.ModuleId)}";
        return _shadows.Desired.Add(key, (patch, version) => listener(new DesiredChange(patch, version)));
    }

    /// <inheritdoc/>
    public async ValueTask<TwinAnswer> ReadAsync(IdentityName name, CancellationToken cancellationToken)
    {
        if (Find(name, out var error) is not { } identity) return TwinAnswer.Refuse(error!);
        byte[]? body = await ReadBodyAsync(identity, cancellationToken).ConfigureAwait(false);
        return body is null ? Unavailable() : AnswerService(body, identity);
    }

    /// <inheritdoc/>
    public ValueTask<TwinAnswer> WriteAsync(IdentityName name, ReadOnlyMemory<byte> document, bool replaces, string? ifMatch, CancellationToken cancellationToken)
    {
        if (Find(name, out var error) is not { } identity) return new(TwinAnswer.Refuse(error!));
        long? guard = null;
        if (ifMatch is not null and not "*")
        {
            guard = TwinText.ServiceVersion(ifMatch);
            if (guard is null) return new(TwinAnswer.Refuse(Stale(name)));
        }

        var text = new ByteBuffer();
        if (TwinInput.Write(text, document.Span, replaces) is { } problem) return new(TwinAnswer.Refuse(IotHubError.ArgumentInvalid(problem)));
        return ChangeAsync(identity, text, new TwinGuard(ServiceVersion: guard, Replaces: replaces), ofDevice: false, cancellationToken);
    }

    /// <summary>The twin as it is now, for queries; changes that are not committed yet may show.</summary>
    public byte[] Describe(Identity identity) => AnswerService(_shadows.Service.PeekTwin(NameOf(identity)), identity).Json.ToArray();

    private static ShadowName NameOf(Identity identity) => new(identity.ThingName, identity.ModuleId is null ? default : ThingNames.OfModule(identity.ModuleId));

    private static IotHubError Stale(IdentityName name) => IotHubError.PreconditionFailed($"the twin of {name} is another one by now: read it again");

    private static TwinAnswer Unavailable() => TwinAnswer.Refuse(IotHubError.ServiceUnavailable("the store cannot write: see the hub's log"));

    private static IotHubError Translate(ShadowRefusal refusal, IdentityName name) => refusal.Code switch
    {
        409 => Stale(name),
        429 => IotHubError.Throttling($"too many requests to the twin of {name} wait for their answer"),
        >= 500 => IotHubError.ServiceUnavailable("the store cannot write: see the hub's log"),
        _ => IotHubError.ArgumentInvalid(refusal.Message),
    };

    /// <summary>Writes a value that came from outside into a text around it: it must be one JSON value and nothing else.</summary>
    private static bool TryWriteValue(ByteBuffer to, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            reader.Skip();
            // What follows the object may be white space alone.
            if (reader.Read()) return false;
        }
        catch (JsonException)
        {
            return false;
        }

        to.Write(json);
        return true;
    }

    private static TwinAnswer Answer(byte[] body, TwinWriter write)
    {
        var document = new ShadowDocument(body);
        var scratch = ShadowScratch.Take();
        scratch.Text.Clear();
        write(scratch.Text, document);
        byte[] json = scratch.Text.ToArray();
        scratch.Give();
        return new TwinAnswer(json, TwinText.Version(document), TwinText.ETag(document.Counters), null);
    }

    private TwinAnswer AnswerService(byte[] body, Identity identity) => Answer(body, (to, document) => TwinText.WriteForService(to, document, identity, _view));

    private Identity? Find(IdentityName name, out IotHubError? error)
    {
        var identity = _identities.Find(name);
        error = identity is null ? _identities.NotFound(name) : _rate.TryTake(1) ? null : IotHubError.Throttling("too many requests to twins: IotHub:TwinRate");
        return error is null ? identity : null;
    }

    private async ValueTask<byte[]?> ReadBodyAsync(Identity identity, CancellationToken cancellationToken)
    {
        byte[] body = _shadows.Service.ReadTwin(NameOf(identity), out var shown);
        // Nobody may see a version that a crash could take back.
        return shown is null || await IsKeptAsync(shown, cancellationToken).ConfigureAwait(false) ? body : null;
    }

    private ValueTask<TwinAnswer> ChangeAsync(Identity identity, ByteBuffer text, TwinGuard guard, bool ofDevice, CancellationToken cancellationToken)
    {
        var scratch = ShadowScratch.Take();
        var refusal = _shadows.Service.UpdateTwin(NameOf(identity), text.Written, guard, scratch, out var outcome);
        scratch.Give();
        return refusal is null ? EndAsync(identity, outcome!, ofDevice, cancellationToken) : new(TwinAnswer.Refuse(Translate(refusal, identity.Name)));
    }

    private async ValueTask<TwinAnswer> EndAsync(Identity identity, ShadowOutcome outcome, bool ofDevice, CancellationToken cancellationToken)
    {
        if (!await IsKeptAsync(outcome, cancellationToken).ConfigureAwait(false)) return Unavailable();
        return ofDevice ? new TwinAnswer(default, new ShadowDocument(outcome.After).Counters.Reported, null, null) : AnswerService(outcome.After, identity);
    }

    private async ValueTask<bool> IsKeptAsync(ShadowOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            return await outcome.Waiter!.Task.WaitAsync(LongestCommit, _context.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The twin goes with the thing that goes with its identity; on a thing that was there before, the shadow stays and the tags go.</summary>
    private void OnDeleting(Identity identity)
    {
        bool goes = identity.ModuleId is not null || identity.OwnsThing;
        _shadows.Service.DeleteTwin(NameOf(identity), keepsShadow: !goes);
    }

    private delegate void TwinWriter(ByteBuffer to, ShadowDocument document);
}
