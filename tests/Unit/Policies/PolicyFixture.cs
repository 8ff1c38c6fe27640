using System.Collections.Immutable;
using System.Net;
using System.Text;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Security;
using Fairlead.Features;
using Fairlead.Features.Certificates;
using Fairlead.Features.Documents;
using Fairlead.Features.Policies;
using Fairlead.Features.Policies.Deciding;
using Fairlead.Features.Policies.Language;
using Fairlead.Features.Registry;
using Fairlead.Unit.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Unit.Policies;

/// <summary>Records in memory and the authorizer over them.</summary>
internal sealed class PolicyFixture
{
    public const string Scope = "arn:aws:iot:us-east-1:123456789012:";

    public static readonly string CertificateId = new('a', 64);

    public PolicyFixture(HubScope? scope = null)
    {
        Hub = scope ?? new HubScope();
        var documents = new DocumentStore(new MemoryStore(), Time);
        Context = new FeatureContext(Hub, documents, Time, NullLoggerFactory.Instance);
        Records = new HubRecords(documents);
        Parser = new PolicyParser(Hub.LongestPolicyDocument, Hub.IgnoreArnScope);
        Library = new PolicyLibrary(Records, Parser);
        var stamp = new AccessStamp(Records);
        Access = new SubjectAccess(Context, Records, Library, stamp);
        Authorizer = new PolicyAuthorizer(Context, Records, Access, stamp);
        Callers = new CallerAuthorizer(Context, Records, Access.Policies, Library);
        Policies = new PolicyService(Context, Records, Parser);
    }

    public ManualTimeProvider Time { get; } = new();

    public HubScope Hub { get; }

    public FeatureContext Context { get; }

    public HubRecords Records { get; }

    public PolicyParser Parser { get; }

    public PolicyLibrary Library { get; }

    public SubjectAccess Access { get; }

    public PolicyAuthorizer Authorizer { get; }

    public CallerAuthorizer Callers { get; }

    public PolicyService Policies { get; }

    public string CertificateArn => Hub.Arn("cert", CertificateId);

    /// <summary>Makes the change under the gate.</summary>
    public void Change(Action<HubRecords> change)
    {
        lock (Context.Documents.Gate) change(Records);
    }

    public void AddCertificate(byte[]? der = null) => Change(records =>
        records.Certificates.Save(CertificateId, new DeviceCertificate(CertificateId, der ?? [], CertificateStatus.Active, 0, 0)));

    /// <summary>Makes a policy and attaches it to the certificate, or to something else.</summary>
    public void AddPolicy(string name, string document, string? target = null) => Change(_ =>
    {
        Policies.Create(name, document);
        Policies.Attach(name, target ?? CertificateArn);
    });

    public void AddThing(string name, bool exclusive = false, string? type = null, params (string Name, string Value)[] attributes) => Change(records =>
    {
        records.Things.Save(name, new Thing(name, name, 1, 0)
        {
            TypeName = type,
            Attributes = attributes.ToImmutableSortedDictionary(static a => a.Name, static a => a.Value, StringComparer.Ordinal),
        });
        records.ThingPrincipals.Save(name, CertificateArn, new ThingPrincipal(exclusive, 0));
    });

    /// <summary>A connection with the certificate.</summary>
    public static AccessSubject Connect(
        string clientId, bool persistent = false, string? will = null, string address = "192.0.2.1", string? serverName = null, Principal? principal = null) =>
        new(principal ?? new Principal("certificate", CertificateId), clientId, new TransportInfo
        {
            Listener = "test",
            Protocol = "mqtts",
            Abort = static _ => { },
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1),
            ServerName = serverName,
        })
        {
            IsPersistent = persistent,
            WillTopic = will,
        };

    public static DocumentPrincipal Bringing(params string[] documents) => new("authorizer", "somebody", [.. documents]);

    public Decision Ask(AccessSubject subject, AccessAction action, string resource) =>
        Authorizer.Authorize(new AccessRequest(subject, action, Encoding.UTF8.GetBytes(resource)));

    /// <summary>ALLOWED, EXPLICIT_DENY or IMPLICIT_DENY.</summary>
    public string Judge(AccessSubject subject, AccessAction action, string resource)
    {
        var decision = Ask(subject, action, resource);
        return decision.Allowed ? "ALLOWED" : decision.Policy is null ? "IMPLICIT_DENY" : "EXPLICIT_DENY";
    }

    /// <summary>A document of one statement.</summary>
    public static string Document(string effect, string action, string resource, string? condition = null) =>
        $$"""{"Version":"2012-10-17","Statement":[{{Statement(effect, action, resource, condition)}}]}""";

    public static string Statement(string effect, string action, string resource, string? condition = null)
    {
        var suffix = condition is null ? "" : $",\"Condition\":{condition}";
        return $$"""{"Effect":"{{effect}}","Action":"iot:{{action}}","Resource":"{{(resource == "*" ? "*" : Scope + resource)}}"{{suffix}}}""";
    }

    public static string DocumentOf(params string[] statements) => $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""";
}
