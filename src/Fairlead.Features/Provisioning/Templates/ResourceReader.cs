using System.Collections.Immutable;
using System.Text.Json;

namespace Fairlead.Features.Provisioning.Templates;

/// <summary>Reads one resource of a template.</summary>
internal sealed class ResourceReader
{
    private readonly string _id;
    private readonly string _where;
    private readonly TemplateFunctions _functions;
    private readonly JsonElement _properties;
    private readonly JsonElement? _overrides;

    /// <summary>Opens a resource.</summary>
    public ResourceReader(string id, JsonElement declaration, TemplateFunctions functions)
    {
        (_id, _where, _functions) = (id, $"Resources/{id}", functions);
        var members = TemplateReader.Members(declaration, _where, "Type", "Properties", "OverrideSettings");
        Type = members.TryGetValue("Type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()!
            : throw new TemplateProblem($"{_where} has no Type");
        if (!members.TryGetValue("Properties", out _properties)) throw new TemplateProblem($"{_where} has no Properties");
        _overrides = members.TryGetValue("OverrideSettings", out var overrides) ? overrides : null;
    }

    /// <summary>Type of the resource, such as <c>AWS::IoT::Thing</c>.</summary>
    public string Type { get; }

    /// <summary>As a thing.</summary>
    public ThingResource ReadThing()
    {
        var given = Properties("ThingName", "AttributePayload", "ThingTypeName", "ThingGroups", "BillingGroup");
        var overrides = Overrides("AttributePayload", "ThingTypeName", "ThingGroups");
        var name = Text(given, "ThingName") ?? throw new TemplateProblem($"{_where}/Properties has no ThingName");
        return new ThingResource(_id, name)
        {
            TypeName = Text(given, "ThingTypeName"),
            BillingGroup = Text(given, "BillingGroup"),
            Attributes = given.TryGetValue("AttributePayload", out var attributes) ? ReadAttributes(attributes) : null,
            Groups = given.TryGetValue("ThingGroups", out var groups) ? _functions.ReadList(groups, $"{_where}/Properties/ThingGroups") : null,
            TypeOverride = Override(overrides, "ThingTypeName", mayMerge: false),
            AttributesOverride = Override(overrides, "AttributePayload", mayMerge: true),
            GroupsOverride = Override(overrides, "ThingGroups", mayMerge: true),
        };
    }

    /// <summary>As a certificate.</summary>
    public CertificateResource ReadCertificate()
    {
        var given = Properties("CertificateId", "CertificateSigningRequest", "CertificatePem", "CACertificatePem", "Status", "ThingPrincipalType");
        var overrides = Overrides("Status");
        (CertificateSource Source, TemplateValue? Value)[] sources =
        [
            (CertificateSource.Registered, Text(given, "CertificateId")),
            (CertificateSource.SigningRequest, Text(given, "CertificateSigningRequest")),
            (CertificateSource.Pem, Text(given, "CertificatePem")),
        ];
        if (sources.Count(static source => source.Value is not null) != 1)
            throw new TemplateProblem($"{_where}/Properties must have one of CertificateId, CertificateSigningRequest and CertificatePem");
        var (kind, value) = sources.Single(static source => source.Value is not null);
        var ca = Text(given, "CACertificatePem");
        if (ca is not null && kind != CertificateSource.Pem) throw new TemplateProblem($"{_where}/Properties: CACertificatePem goes with CertificatePem");
        return new CertificateResource(_id, kind, value!)
        {
            CaPem = ca,
            Status = Literal(Text(given, "Status"), "Status", "ACTIVE", "INACTIVE"),
            StatusOverride = Override(overrides, "Status", mayMerge: false),
            PrincipalType = Literal(Text(given, "ThingPrincipalType"), "ThingPrincipalType", "EXCLUSIVE_THING", "NON_EXCLUSIVE_THING"),
        };
    }

    /// <summary>As a policy.</summary>
    public PolicyResource ReadPolicy()
    {
        var given = Properties("PolicyName", "PolicyDocument");
        if (_overrides is not null) throw new TemplateProblem($"{_where}: a policy has no OverrideSettings");
        var (name, document) = (Text(given, "PolicyName"), Text(given, "PolicyDocument"));
        return name is null == document is null
            ? throw new TemplateProblem($"{_where}/Properties must have either PolicyName or PolicyDocument")
            : new PolicyResource(_id, name, document);
    }

    private Dictionary<string, JsonElement> Properties(params string[] allowed) => TemplateReader.Members(_properties, $"{_where}/Properties", allowed);

    private Dictionary<string, JsonElement> Overrides(params string[] allowed) =>
        _overrides is { } given ? TemplateReader.Members(given, $"{_where}/OverrideSettings", allowed) : [];

    private TemplateValue? Text(Dictionary<string, JsonElement> given, string name) =>
        given.TryGetValue(name, out var element) ? _functions.ReadText(element, $"{_where}/Properties/{name}") : null;

    private ImmutableSortedDictionary<string, TemplateValue> ReadAttributes(JsonElement element)
    {
        var where = $"{_where}/Properties/AttributePayload";
        return TemplateReader.Members(element, where).ToImmutableSortedDictionary(
            static member => member.Key, member => _functions.ReadText(member.Value, $"{where}/{member.Key}"), StringComparer.Ordinal);
    }

    /// <summary>What is written out can be checked now; what a function computes is checked when it has.</summary>
    private TemplateValue? Literal(TemplateValue? value, string name, params string[] allowed) =>
        value is LiteralValue { Text: var text } && !allowed.Contains(text, StringComparer.OrdinalIgnoreCase)
            ? throw new TemplateProblem($"{_where}/Properties/{name} must be {string.Join(" or ", allowed)}, not '{text}'")
            : value;

    private OverrideSetting Override(Dictionary<string, JsonElement> given, string name, bool mayMerge)
    {
        if (!given.TryGetValue(name, out var element)) return OverrideSetting.Unset;
        return (element.ValueKind == JsonValueKind.String ? element.GetString() : null) switch
        {
            "DO_NOTHING" => OverrideSetting.DoNothing,
            "REPLACE" => OverrideSetting.Replace,
            "FAIL" => OverrideSetting.Fail,
            "MERGE" when mayMerge => OverrideSetting.Merge,
            _ => throw new TemplateProblem($"{_where}/OverrideSettings/{name} must be DO_NOTHING, REPLACE{(mayMerge ? ", MERGE" : "")} or FAIL"),
        };
    }
}
