using System.Collections.Immutable;
using System.Text.Json;

namespace Fairlead.Features.Provisioning.Templates;

/// <summary>Reads and checks a template (spec/aws-registry-and-policies, section 11.3). What it does not know it refuses, with the place.</summary>
internal static class TemplateReader
{
    /// <summary>Longest template.</summary>
    public const int LongestBody = 10_240;

    private const int MostParameters = 128;
    private const int MostPolicies = 10;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Reads a template.</summary>
    /// <param name="text">JSON.</param>
    /// <exception cref="TemplateProblem">It is not one.</exception>
    public static ProvisioningTemplateBody Read(string text)
    {
        if (text.Length is 0 or > LongestBody) throw new TemplateProblem($"a template has 1 to {LongestBody} characters");
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new TemplateProblem($"the template is not JSON: {exception.Message}");
        }

        var sections = Members(root, "the template", "Parameters", "Mappings", "Resources", "DeviceConfiguration");
        var parameters = ReadParameters(sections.GetValueOrDefault("Parameters"));
        var mappings = ReadMappings(sections.GetValueOrDefault("Mappings"));
        var functions = new TemplateFunctions([.. parameters.Keys], [.. mappings.Keys]);
        if (!sections.TryGetValue("Resources", out var resources)) throw new TemplateProblem("the template has no section Resources");
        var configuration = ReadConfiguration(sections.GetValueOrDefault("DeviceConfiguration"), functions);
        return ReadResources(resources, functions, new ProvisioningTemplateBody
        {
            Parameters = parameters,
            Mappings = mappings,
            Functions = functions,
            DeviceConfiguration = configuration,
            Certificate = null!,
            Policies = [],
        });
    }

    /// <summary>The members of an object; refuses those that are not among the names, unless there are none.</summary>
    internal static Dictionary<string, JsonElement> Members(JsonElement element, string where, params string[] allowed)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new TemplateProblem($"{where} must be an object");
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (allowed.Length > 0 && !allowed.Contains(member.Name, StringComparer.Ordinal))
                throw new TemplateProblem($"{where} has {member.Name}, which is not one of {string.Join(", ", allowed)}");
            members[member.Name] = member.Value;
        }

        return members;
    }

    private static ImmutableSortedDictionary<string, string?> ReadParameters(JsonElement section)
    {
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        if (section.ValueKind == JsonValueKind.Undefined) return parameters.ToImmutable();
        foreach (var (name, declaration) in Members(section, "Parameters"))
        {
            var where = $"Parameters/{name}";
            var members = Members(declaration, where, "Type", "Default", "Description");
            if (name.Length is 0 or > 128) throw new TemplateProblem($"{where}: a parameter has a name of 1 to 128 characters");
            if (!members.TryGetValue("Type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "String")
                throw new TemplateProblem($"{where} must have the Type \"String\"");
            parameters[name] = members.TryGetValue("Default", out var standard) ? Text(standard, $"{where}/Default") : null;
        }

        return parameters.Count <= MostParameters ? parameters.ToImmutable() : throw new TemplateProblem($"a template has at most {MostParameters} parameters");
    }

    private static ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>> ReadMappings(JsonElement section)
    {
        var none = ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>>(StringComparer.Ordinal);
        if (section.ValueKind == JsonValueKind.Undefined) return none;
        return none.AddRange(Members(section, "Mappings").Select(map => KeyValuePair.Create(
            map.Key,
            Members(map.Value, $"Mappings/{map.Key}").ToImmutableSortedDictionary(
                static row => row.Key,
                row => Members(row.Value, $"Mappings/{map.Key}/{row.Key}").ToImmutableSortedDictionary(
                    static cell => cell.Key, cell => Text(cell.Value, $"Mappings/{map.Key}/{row.Key}/{cell.Key}"), StringComparer.Ordinal),
                StringComparer.Ordinal))));
    }

    private static JsonElement? ReadConfiguration(JsonElement section, TemplateFunctions functions)
    {
        if (section.ValueKind == JsonValueKind.Undefined) return null;
        _ = Members(section, "DeviceConfiguration");
        CheckFunctions(section, functions, "DeviceConfiguration");
        return section;
    }

    private static void CheckFunctions(JsonElement element, TemplateFunctions functions, string where)
    {
        if (TemplateFunctions.IsFunction(element))
        {
            functions.ReadText(element, where);
            return;
        }

        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject()) CheckFunctions(member.Value, functions, $"{where}/{member.Name}");
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) CheckFunctions(item, functions, where);
        }
    }

    private static ProvisioningTemplateBody ReadResources(JsonElement section, TemplateFunctions functions, ProvisioningTemplateBody template)
    {
        ThingResource? thing = null;
        CertificateResource? certificate = null;
        var policies = ImmutableArray.CreateBuilder<PolicyResource>();
        foreach (var (id, declaration) in Members(section, "Resources"))
        {
            var resource = new ResourceReader(id, declaration, functions);
            switch (resource.Type)
            {
                case "AWS::IoT::Thing" when thing is null:
                    thing = resource.ReadThing();
                    break;
                case "AWS::IoT::Certificate" when certificate is null:
                    certificate = resource.ReadCertificate();
                    break;
                case "AWS::IoT::Policy" when policies.Count < MostPolicies:
                    policies.Add(resource.ReadPolicy());
                    break;
                case "AWS::IoT::Policy":
                    throw new TemplateProblem($"a template has at most {MostPolicies} policies");
                case "AWS::IoT::Thing" or "AWS::IoT::Certificate":
                    throw new TemplateProblem($"Resources/{id}: a template has at most one resource of type {resource.Type}");
                default:
                    throw new TemplateProblem($"Resources/{id} has the Type {resource.Type}, which is not one of AWS::IoT::Thing, AWS::IoT::Certificate, AWS::IoT::Policy");
            }
        }

        return template with
        {
            Thing = thing,
            Certificate = certificate ?? throw new TemplateProblem("Resources has nothing of type AWS::IoT::Certificate"),
            Policies = policies.ToImmutable(),
        };
    }

    private static string Text(JsonElement element, string where) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new TemplateProblem($"{where} must be a text");
}
