using Fairlead.Broker.Durability;
using Fairlead.Features;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Documents;
using Fairlead.Features.Registry;
using Fairlead.Features.Tags;
using Fairlead.Unit.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Fairlead.Unit.Registry;

/// <summary>The registry's rules over records in memory.</summary>
internal sealed class RegistryRecords
{
    public RegistryRecords()
        : this(new MemoryStore())
    {
    }

    public RegistryRecords(IBrokerStore store)
    {
        Context = new FeatureContext(Scope, new DocumentStore(store, Time), Time, NullLoggerFactory.Instance);
        Records = new HubRecords(Context.Documents);
        Registry = new RegistryServices(Context, Records);
        Tags = new TagService(Context);
        Tags.Register("thinggroup", Records.ThingGroups);
        Pages = new RegistryPages(Context.Documents);
    }

    public HubScope Scope { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public FeatureContext Context { get; }

    public HubRecords Records { get; }

    public RegistryServices Registry { get; }

    public TagService Tags { get; }

    public RegistryPages Pages { get; }

    public Thing Thing(string name, string? type = null, params (string Name, string Value)[] attributes) => Registry.Things.Create(
        new NewThing(name, type, Attributes: attributes.ToDictionary(static pair => pair.Name, static pair => pair.Value, StringComparer.Ordinal)));

    public ThingGroup Group(string name, string? parent = null) => Registry.Groups.Create(new NewThingGroup(name, parent));

    /// <summary>Registers a certificate and returns its ARN.</summary>
    public string Certificate(char digit)
    {
        var id = new string(digit, 64);
        Records.Certificates.Save(id, new DeviceCertificate(id, [], CertificateStatus.Active, 0, 0));
        return Scope.Arn("cert", id);
    }

    public static ApiException Refused(Action action, int status)
    {
        var refusal = Should.Throw<ApiException>(action);
        refusal.Status.ShouldBe(status, refusal.Message);
        return refusal;
    }
}
