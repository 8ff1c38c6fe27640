using System.Text.Json;
using Fairlead.Features.Api;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Registry;

/// <summary>
/// Rules of thing types (spec/aws-registry-and-policies, section 4). Every method is called under <see cref="DocumentStore.Gate"/> and
/// commits nothing.
/// </summary>
internal sealed class ThingTypeService(FeatureContext context, HubRecords records, RegistryIndex index)
{
    private const int MostSearchableAttributes = 3;
    private const int MostPropagatingAttributes = 20;

    /// <summary>ARN of a type.</summary>
    public string ArnOf(string name) => context.Scope.Arn("thingtype", name);

    /// <summary>A type that is there.</summary>
    /// <exception cref="ApiException">404.</exception>
    public ThingType Get(string name) => records.ThingTypes.Find(name) ?? throw ApiException.NotFound($"there is no thing type {name}");

    /// <summary>A type that things may be given.</summary>
    /// <exception cref="ApiException">404 when it is not there, 400 when it is deprecated.</exception>
    public ThingType Assignable(string name)
    {
        var type = Get(RegistryValues.Name(name, "thingTypeName"));
        return type.DeprecatedAt is null
            ? type
            : throw ApiException.InvalidRequest($"the thing type {name} is deprecated, and no thing can be given it");
    }

    /// <summary>Creates one, or returns the same one that is there already.</summary>
    public ThingType Create(string name, ThingTypePropertiesDocument? properties)
    {
        RegistryValues.Name(name, "thingTypeName");
        var type = Apply(new ThingType(name, Guid.NewGuid().ToString(), context.Now), properties);
        if (records.ThingTypes.Find(name) is { } present)
        {
            return AreSame(present, type)
                ? present
                : throw ApiException.AlreadyExists($"the thing type {name} exists already with other properties", present.TypeId, ArnOf(name));
        }

        records.ThingTypes.Save(name, type);
        return type;
    }

    /// <summary>Changes what is given and leaves the rest.</summary>
    public ThingType Update(string name, ThingTypePropertiesDocument? properties)
    {
        var present = Get(name);
        var type = Apply(present, properties);
        if (!AreSame(present, type)) records.ThingTypes.Save(name, type);
        return type;
    }

    /// <summary>Deprecates a type, or takes that back.</summary>
    public ThingType Deprecate(string name, bool undo)
    {
        var type = Get(name);
        if (type.DeprecatedAt is null == undo) return type;
        type = type with { DeprecatedAt = undo ? null : context.Now };
        records.ThingTypes.Save(name, type);
        return type;
    }

    /// <summary>Deletes a type that is deprecated, for long enough, and that no thing has.</summary>
    public void Delete(string name)
    {
        var type = Get(name);
        if (type.DeprecatedAt is not { } since) throw ApiException.InvalidRequest($"the thing type {name} must be deprecated before it is deleted");
        var wait = context.Scope.ThingTypeDeletionDelay;
        if (context.Now - since < wait.TotalMilliseconds)
            throw ApiException.InvalidRequest($"the thing type {name} can be deleted {wait.TotalSeconds} seconds after it was deprecated");
        if (index.ThingsByType.Count(name) is > 0 and var things)
            throw ApiException.InvalidRequest($"the thing type {name} cannot be deleted: {things} things still have it");
        records.ThingTypes.Remove(name);
    }

    private static bool AreSame(ThingType one, ThingType other) =>
        (one.Description ?? "") == (other.Description ?? "") && one.SearchableAttributes.SequenceEqual(other.SearchableAttributes)
        && one.Mqtt5Configuration == other.Mqtt5Configuration;

    private static ThingType Apply(ThingType type, ThingTypePropertiesDocument? properties)
    {
        if (properties is null) return type;
        var searchable = properties.SearchableAttributes;
        if (searchable?.Count > MostSearchableAttributes)
            throw ApiException.InvalidRequest($"searchableAttributes must be at most {MostSearchableAttributes}; these are {searchable.Count}");
        foreach (var attribute in searchable ?? []) RegistryValues.AttributeName(attribute, "searchableAttributes");
        return type with
        {
            Description = RegistryValues.Description(properties.ThingTypeDescription, "thingTypeDescription") ?? type.Description,
            SearchableAttributes = searchable is null ? type.SearchableAttributes : [.. searchable],
            Mqtt5Configuration = properties.Mqtt5Configuration is { } mqtt5 ? Text(mqtt5) : type.Mqtt5Configuration,
        };
    }

    private static string Text(Mqtt5ConfigurationDocument configuration)
    {
        var propagating = configuration.PropagatingAttributes ?? [];
        if (propagating.Count > MostPropagatingAttributes)
            throw ApiException.InvalidRequest($"propagatingAttributes must be at most {MostPropagatingAttributes}; these are {propagating.Count}");
        foreach (var attribute in propagating)
        {
            RegistryValues.UserPropertyName(attribute?.UserPropertyKey, "userPropertyKey");
            if (attribute!.ThingAttribute is null == attribute.ConnectionAttribute is null)
                throw ApiException.InvalidRequest($"the propagating attribute {attribute.UserPropertyKey} must have either thingAttribute or connectionAttribute");
            if (attribute.ThingAttribute is { } ofThing) RegistryValues.AttributeName(ofThing, "thingAttribute");
            else RegistryValues.ConnectionAttribute(attribute.ConnectionAttribute, "connectionAttribute");
        }

        return JsonSerializer.Serialize(configuration, ThingTypeJson.Default.Mqtt5ConfigurationDocument);
    }
}
