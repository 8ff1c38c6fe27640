using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Provisioning.Templates;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Provisioning;

/// <summary>Serves the MQTT API: makes certificates, provisions devices, answers (spec/aws-registry-and-policies, section 11.2).</summary>
internal sealed class ProvisioningCalls
{
    private const string Accepted = "accepted";
    private const int MostWaiting = 1_000;
    // They mostly wait: for keys, which have a queue of their own, and for hooks.
    private const int AtOnce = 64;
    private static readonly JsonElement NoConfiguration = JsonDocument.Parse("{}").RootElement;

    private readonly FeatureContext _context;
    private readonly TemplateService _templates;
    private readonly OwnershipTokens _tokens;
    private readonly CertificateServices _certificates;
    private readonly DeviceProvisioner _provisioner;
    private readonly PreProvisioningHook _hook;
    private readonly ILogger _log;
    private readonly WorkQueue<ProvisioningCall> _queue;

    /// <summary>Composes it.</summary>
    public ProvisioningCalls(
        FeatureContext context, TemplateService templates, OwnershipTokens tokens, CertificateServices certificates, DeviceProvisioner provisioner, PreProvisioningHook hook)
    {
        (_context, _templates, _tokens, _certificates, _provisioner, _hook) = (context, templates, tokens, certificates, provisioner, hook);
        _log = new Logger<ProvisioningCalls>(context.Loggers);
        _queue = new WorkQueue<ProvisioningCall>(MostWaiting, AtOnce, ServeAsync);
    }

    /// <summary>What became of requests.</summary>
    public ProvisioningCounters Counters { get; } = new();

    /// <summary>Tells the structured log; null until the hub is composed.</summary>
    public ProvisioningEvents? Events { get; set; }

    /// <summary>Takes a request; never blocks.</summary>
    public void Add(ProvisioningCall call)
    {
        if (_queue.TryAdd(call)) return;
        Counters.CountThrottled();
        Reject(call, new ApiException(429, "ThrottlingException", $"{MostWaiting} requests wait already: try again later"));
    }

    private async Task ServeAsync(ProvisioningCall call)
    {
        try
        {
            // Whoever came without an identity cannot be told from others who did.
            if (call.Principal.Kind == "anonymous" && !call.Principal.IsAdministrator)
                throw new ApiException(401, "UnauthorizedException", "provisioning needs an identity, such as a claim certificate");
            var request = Read(call);
            await (call.Kind switch
            {
                ProvisioningCallKind.Create => CreateAsync(call),
                ProvisioningCallKind.CreateFromSigningRequest => CreateFromRequestAsync(call, request),
                _ => ProvisionAsync(call, request),
            }).ConfigureAwait(false);
        }
        catch (ApiException refusal)
        {
            _log.ProvisioningRejected(call.ClientId, call.Topic, refusal.Status, refusal.Message);
            Reject(call, refusal);
        }
        catch (TemplateProblem problem)
        {
            _log.ProvisioningRejected(call.ClientId, call.Topic, 400, problem.Message);
            Reject(call, ApiException.InvalidRequest(problem.Message));
        }
        catch (Exception exception)
        {
            _log.ProvisioningFailed(exception, call.ClientId, call.Topic);
            Reject(call, new ApiException(500, "InternalFailureException", "the hub failed: see its log"));
        }
    }

    private static ProvisioningRequestDocument Read(ProvisioningCall call)
    {
        if (call.Payload.Length == 0) return new ProvisioningRequestDocument(null, null, null);
        try
        {
            ReadOnlySpan<byte> json = call.IsCbor ? CborJson.ToJson(call.Payload) : call.Payload;
            return JsonSerializer.Deserialize(json, MessageJson.Default.ProvisioningRequestDocument) ?? throw ApiException.InvalidRequest("the payload must be an object");
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw ApiException.InvalidRequest($"the payload is not the {(call.IsCbor ? "CBOR" : "JSON")} of this request");
        }
    }

    private async Task CreateAsync(ProvisioningCall call)
    {
        var made = await _certificates.Issuer.IssueWithKeyAsync(CancellationToken.None).ConfigureAwait(false);
        await AddAsync(call, made.Der, made.PrivateKeyPem).ConfigureAwait(false);
    }

    private Task CreateFromRequestAsync(ProvisioningCall call, ProvisioningRequestDocument request) =>
        AddAsync(call, _certificates.Issuer.Issue(request.CertificateSigningRequest), privateKey: null);

    private async Task AddAsync(ProvisioningCall call, byte[] der, string? privateKey)
    {
        DeviceCertificate? certificate = null;
        var token = "";
        lock (_context.Documents.Gate)
        {
            _context.Documents.AllOrNone(() =>
            {
                certificate = _certificates.Certificates.Add(der, CertificateStatus.PendingActivation);
                token = _tokens.Open(certificate.Id, call.Principal.ToString());
            });
        }

        await _context.Documents.CommitAsync().ConfigureAwait(false);
        Events?.Succeeded(call, certificate!.Id);
        Accept(call, new CertificateIssuedDocument(certificate!.Id, PemText.Certificate(der), privateKey, token), MessageJson.Default.CertificateIssuedDocument);
    }

    private async Task ProvisionAsync(ProvisioningCall call, ProvisioningRequestDocument request)
    {
        var template = _templates.Find(call.TemplateName);
        if (!template.IsEnabled) throw ApiException.InvalidRequest($"the template {template.Name} is not enabled");
        if (template.IsJustInTime) throw ApiException.InvalidRequest($"the template {template.Name} is of type JITP: for certificates that register themselves");
        DeviceCertificate certificate;
        lock (_context.Documents.Gate) certificate = _tokens.Find(request.CertificateOwnershipToken, call.Principal.ToString());
        var parameters = new Dictionary<string, string>(request.Parameters ?? [], StringComparer.Ordinal);
        PreProvisioningHook.CheckParameters(parameters);
        if (template.HookTarget is { } function)
        {
            var question = HookEventDocument.For(certificate, _templates.ArnOf(template.Name), call.ClientId, call.Principal, parameters);
            foreach (var (name, value) in await _hook.AskAsync(function, question, CancellationToken.None).ConfigureAwait(false)) parameters[name] = value;
        }

        parameters[ProvisioningTexts.CertificateId] = certificate.Id;
        var resolved = ResolvedTemplate.From(TemplateReader.Read(template.Body), parameters);
        // Whoever holds a token may have that certificate provisioned, and no other.
        if (resolved.Certificate.Value != certificate.Id) throw ApiException.InvalidRequest("the template names another certificate than that of the ownership token");
        lock (_context.Documents.Gate)
        {
            // The hook took its time: the token may have been used meanwhile.
            _tokens.Find(request.CertificateOwnershipToken, call.Principal.ToString());
            _provisioner.Provision(resolved, new PreparedCertificate(certificate.Id, null, null), () => _tokens.Close(certificate.Id));
        }

        await _context.Documents.CommitAsync().ConfigureAwait(false);
        Events?.Succeeded(call, certificate.Id);
        _log.DeviceProvisioned(resolved.Thing?.Name ?? "", certificate.Id, template.Name);
        var configuration = resolved.DeviceConfiguration is { } bytes ? JsonDocument.Parse(bytes).RootElement : NoConfiguration;
        Accept(call, new DeviceProvisionedDocument(configuration, resolved.Thing?.Name), MessageJson.Default.DeviceProvisionedDocument);
    }

    private void Accept<T>(ProvisioningCall call, T document, JsonTypeInfo<T> type) => Answer(call, Accepted, JsonSerializer.SerializeToUtf8Bytes(document, type));

    private void Reject(ProvisioningCall call, ApiException refusal)
    {
        const string Suffix = "Exception";
        Events?.Failed(call, refusal);
        var code = refusal.Type.EndsWith(Suffix, StringComparison.Ordinal) ? refusal.Type[..^Suffix.Length] : refusal.Type;
        Answer(call, "rejected", JsonSerializer.SerializeToUtf8Bytes(new ProvisioningErrorDocument(refusal.Status, code, refusal.Message), MessageJson.Default.ProvisioningErrorDocument));
    }

    private void Answer(ProvisioningCall call, string outcome, byte[] json)
    {
        Counters.Count(call.Kind, outcome == Accepted);
        var answer = new PublishRequest { Topic = $"{call.Topic}/{outcome}", Payload = call.IsCbor ? CborJson.ToCbor(json) : json, QoS = call.QoS };
        if (!_context.Broker.AnswerClient(call.ClientId, call.Principal, answer)) _log.AnswerNotDelivered(call.ClientId, answer.Topic);
    }
}
