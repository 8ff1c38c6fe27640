using System.Collections.Immutable;
using System.Net;
using Fairlead.Broker.Security;
using Fairlead.Features.Policies.Language;
using Fairlead.Features.Registry;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>Works out what connections may do (sections 16.2 and 16.4).</summary>
internal sealed class SubjectAccess(FeatureContext context, HubRecords records, PolicyLibrary library, AccessStamp stamp)
{
    private readonly ThingAssociation _things = new(context.Scope, records);

    /// <summary>Which policies concern whom.</summary>
    public EffectivePolicies Policies { get; } = new(context.Scope, records, library);

    /// <summary>Whether an identity is governed by policies. Users and anonymous clients have none.</summary>
    public bool Governs(Principal principal) => principal switch
    {
        AccessKeyPrincipal or DocumentPrincipal => true,
        { Kind: "certificate" } => records.Certificates.Find(principal.Id) is not null,
        _ => false,
    };

    /// <summary>Works out what a governed connection may do now.</summary>
    public AccessState Find(AccessSubject subject)
    {
        var now = stamp.Now;
        return subject.Principal switch
        {
            AccessKeyPrincipal key => OfKey(key, subject, now),
            DocumentPrincipal principal => OfDocuments(principal, subject, now),
            _ => OfCertificate(subject, now),
        };
    }

    /// <summary>What policies may ask about a connection, its thing aside.</summary>
    public EvaluationContext ContextOf(AccessSubject subject)
    {
        var transport = subject.Transport;
        return new EvaluationContext
        {
            Time = context.Time,
            IsMqtt = true,
            ClientId = subject.ClientId,
            SourceAddress = EvaluationContext.TextOf((transport.RemoteEndPoint as IPEndPoint)?.Address),
            IsSecure = transport.TlsVersion is not null || transport.Protocol is "mqtts" or "wss",
        };
    }

    /// <summary>The same at CONNECT, which has keys of its own (section 17).</summary>
    public EvaluationContext ConnectContextOf(AccessSubject subject, EvaluationContext context) => context with
    {
        DomainName = subject.Transport.ServerName,
        LastWillTopic = subject.WillTopic is null ? null : Scope.Arn("topic", subject.WillTopic),
        ConnectAttributes = ConnectAttributesOf(subject.IsPersistent, subject.WillTopic is not null),
    };

    /// <summary>The set <c>iot:ConnectAttributes</c>.</summary>
    public static ImmutableArray<string> ConnectAttributesOf(bool persistent, bool will) => (persistent, will) switch
    {
        (false, false) => [],
        (true, false) => ["PersistentConnect"],
        (false, true) => ["LastWill"],
        _ => ["PersistentConnect", "LastWill"],
    };

    private HubScope Scope => context.Scope;

    private AccessState OfKey(AccessKeyPrincipal principal, AccessSubject subject, long now)
    {
        AccessDependency[] seen = [AccessDependency.On(records, DependencyKind.AccessKey, principal.Id)];
        var key = records.AccessKeys.Find(principal.Id);
        // A key that was deleted and made again is another key.
        if (key is not { IsEnabled: true } || key.Secret != principal.Key.Secret)
            return new AccessState(PolicySet.Empty, ContextOf(subject), seen, now) { Refusal = $"the key {principal.Id} is disabled or deleted" };
        return new AccessState(library.Of(key), ContextOf(subject), seen, now) { EndsAt = key.ExpiresAt };
    }

    private AccessState OfDocuments(DocumentPrincipal principal, AccessSubject subject, long now)
    {
        var documents = principal.PolicyDocuments;
        return new AccessState(library.Of(principal, documents), ContextOf(subject), [], now) { Bringer = principal, Documents = documents };
    }

    private AccessState OfCertificate(AccessSubject subject, long now)
    {
        var id = subject.Principal.Id;
        var arn = Scope.Arn("cert", id);
        var seen = new List<AccessDependency>
        {
            AccessDependency.On(records, DependencyKind.Certificate, id), AccessDependency.On(records, DependencyKind.ThingsOfPrincipal, arn),
        };
        var certificate = records.Certificates.Find(id);
        var thing = _things.Find(id, subject.ClientId, out _);
        seen.Add(new AccessDependency(DependencyKind.Thing, thing?.Name ?? subject.ClientId, thing ?? records.Things.Find(subject.ClientId)));
        var evaluation = ContextOf(subject) with { CertificateId = id, Certificate = certificate, Thing = thing };
        var policies = Policies.Of(arn, thing?.Name, seen);
        return new AccessState(policies, evaluation, [.. seen], now)
        {
            Refusal = certificate is { Status: Certificates.CertificateStatus.Active } ? null : $"the certificate {id} is not registered and active",
        };
    }
}
