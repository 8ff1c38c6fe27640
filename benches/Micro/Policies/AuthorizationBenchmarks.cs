using System.Text;
using BenchmarkDotNet.Attributes;
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
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Micro.Policies;

/// <summary>What a decision costs: remembered, remembered while others change, and judged anew. The first two must allocate nothing.</summary>
public class AuthorizationBenchmarks
{
    private const string Everything = "arn:aws:iot:us-east-1:123456789012:";

    private readonly byte[] _seen = Encoding.UTF8.GetBytes("lamps/lamp1/temperature");
    private readonly byte[][] _topics = [.. Enumerable.Range(0, 4096).Select(static i => Encoding.UTF8.GetBytes($"lamps/lamp1/{i}"))];
    private HubRecords _records = null!;
    private DocumentStore _documents = null!;
    private PolicyAuthorizer _authorizer = null!;
    private AccessSubject _governed = null!;
    private AccessSubject _user = null!;
    private int _next;

    /// <summary>Statements in the policy of the device.</summary>
    [Params(3, 30)]
    public int Statements { get; set; }

    /// <summary>A device with a thing, a group and a policy on each.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        var scope = new HubScope();
        _documents = new DocumentStore(new MemoryStore(), TimeProvider.System);
        var context = new FeatureContext(scope, _documents, TimeProvider.System, NullLoggerFactory.Instance);
        _records = new HubRecords(_documents);
        var parser = new PolicyParser(scope.LongestPolicyDocument, ignoreScope: false);
        var stamp = new AccessStamp(_records);
        var access = new SubjectAccess(context, _records, new PolicyLibrary(_records, parser), stamp);
        _authorizer = new PolicyAuthorizer(context, _records, access, stamp);
        var policies = new PolicyService(context, _records, parser);
        var id = new string('a', 64);
        var statements = Enumerable.Range(0, Statements).Select(static i =>
            $$"""{"Effect":"Allow","Action":["iot:Publish","iot:Receive"],"Resource":"{{Everything}}topic/{{(i == 0 ? "lamps/${iot:Connection.Thing.ThingName}/*" : $"other/{i}/*")}}"}""");
        lock (_documents.Gate)
        {
            _records.Certificates.Save(id, new DeviceCertificate(id, [], CertificateStatus.Active, 0, 0));
            _records.Things.Save("lamp1", new Thing("lamp1", "", 1, 0));
            _records.ThingPrincipals.Save("lamp1", scope.Arn("cert", id), new ThingPrincipal(false, 0));
            _records.ThingGroups.Save("lamps", new ThingGroup("lamps", "", 1, 0, null));
            _records.GroupMemberships.Save("lamps", "lamp1", new GroupMembership(0));
            policies.Create("device", $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""");
            policies.Create("group", $$"""{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iot:Publish","Resource":"{{Everything}}topic/secret/*"} }""");
            policies.Attach("device", scope.Arn("cert", id));
            policies.Attach("group", scope.Arn("thinggroup", "lamps"));
        }

        var transport = new TransportInfo { Listener = "bench", Protocol = "mqtts", Abort = static _ => { } };
        _governed = new AccessSubject(new Principal("certificate", id), "lamp1", transport);
        _user = new AccessSubject(new Principal("user", "ada"), "lamp1", transport);
    }

    /// <summary>A topic that the connection has used before.</summary>
    [Benchmark(Baseline = true)]
    public bool Remembered() => Ask(_governed, _seen);

    /// <summary>The same while an import changes records of others: the connection looks at what its own rights rest on.</summary>
    [Benchmark]
    public bool RememberedAfterAChangeOfAnother()
    {
        _records.Certificates.Load("other", "{\"id\":\"other\"}"u8);
        return Ask(_governed, _seen);
    }

    /// <summary>More topics than are remembered: nearly each is judged anew.</summary>
    [Benchmark]
    public bool JudgedAnew() => Ask(_governed, _topics[_next++ & 4095]);

    /// <summary>A user, whom no policies concern.</summary>
    [Benchmark]
    public bool Ungoverned() => Ask(_user, _seen);

    private bool Ask(AccessSubject subject, byte[] topic) => _authorizer.Authorize(new AccessRequest(subject, AccessAction.Publish, topic)).Allowed;
}
