using System.Collections.Immutable;
using Fairlead.Features.Api;
using Fairlead.Features.Documents;
using Fairlead.Features.Registry;

namespace Fairlead.Features.Tags;

/// <summary>
/// Tags of resources (spec/aws-registry-and-policies, section 10). Slices say which of their records can have them by
/// <see cref="Register"/>. All other methods are called under <see cref="DocumentStore.Gate"/> and commit nothing.
/// </summary>
internal sealed class TagService(FeatureContext context)
{
    private const int MostTags = 50;
    private const int MostOfKey = 128;
    private const int MostOfValue = 256;

    private readonly RecordTable<TagSet> _tags = new(context.Documents, "tags", TagJson.Default.TagSet);
    private readonly Dictionary<string, Func<string, bool>> _types = new(StringComparer.Ordinal);

    /// <summary>Lets the records of a table have tags. They go with their record.</summary>
    /// <param name="type">Type in the ARN, such as <c>thinggroup</c>.</param>
    /// <param name="table">The records by what follows the type in the ARN.</param>
    public void Register<T>(string type, RecordTable<T> table)
        where T : class
    {
        _types.Add(type, name => table.Find(name) is not null);
        table.Changed += (name, _, after) =>
        {
            if (after is null) _tags.Remove(context.Scope.Arn(type, name));
        };
    }

    /// <summary>Refuses tags that a resource to be created must not have. Before it is created.</summary>
    public static void Check(IReadOnlyList<TagDocument>? tags) => Take(AttributeRules.None, tags, isNew: true);

    /// <summary>Gives a resource that was created the tags of the request.</summary>
    /// <param name="arn">Its ARN of this hub.</param>
    /// <param name="tags">Tags; null for none.</param>
    public void Create(string arn, IReadOnlyList<TagDocument>? tags)
    {
        if (tags is { Count: > 0 }) _tags.Save(arn, new TagSet(Take(AttributeRules.None, tags, isNew: true)));
    }

    /// <summary>Tags of a resource.</summary>
    /// <exception cref="ApiException">404 without the resource; 400 when it can have no tags.</exception>
    public ImmutableSortedDictionary<string, string> Find(string? arn) => _tags.Find(Normalise(arn))?.Tags ?? AttributeRules.None;

    /// <summary>Adds tags; those of the same key get the new value.</summary>
    public void Add(string? arn, IReadOnlyList<TagDocument>? tags)
    {
        var resource = Normalise(arn);
        if (tags is null) throw ApiException.InvalidRequest("tags is missing");
        var present = _tags.Find(resource)?.Tags ?? AttributeRules.None;
        var then = Take(present, tags, isNew: false);
        if (tags.Count > 0 && !AttributeRules.AreEqual(present, then)) _tags.Save(resource, new TagSet(then));
    }

    /// <summary>Takes tags away; those that are not there stay away.</summary>
    public void Remove(string? arn, IReadOnlyList<string>? keys)
    {
        var resource = Normalise(arn);
        if (keys is null) throw ApiException.InvalidRequest("tagKeys is missing");
        foreach (var key in keys) CheckKey(key);
        if (_tags.Find(resource) is not { } present) return;
        var then = present.Tags.RemoveRange(keys);
        if (then.Count == present.Tags.Count) return;
        if (then.IsEmpty) _tags.Remove(resource);
        else _tags.Save(resource, new TagSet(then));
    }

    private static ImmutableSortedDictionary<string, string> Take(
        ImmutableSortedDictionary<string, string> present, IReadOnlyList<TagDocument>? tags, bool isNew)
    {
        var then = present.ToBuilder();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tag in tags ?? [])
        {
            var key = CheckKey(tag?.Key);
            if (!seen.Add(key)) throw ApiException.InvalidRequest($"tags must have each key once; {RegistryValues.Show(key)} comes twice");
            if (tag!.Value?.Length > MostOfValue) throw ApiException.InvalidRequest($"the value of the tag {RegistryValues.Show(key)} must have at most {MostOfValue} characters");
            then[key] = tag.Value ?? "";
        }

        if (then.Count <= MostTags) return then.ToImmutable();
        var problem = $"a resource must have at most {MostTags} tags; these would be {then.Count}";
        throw isNew ? ApiException.InvalidRequest(problem) : ApiException.LimitExceeded(problem);
    }

    private static string CheckKey(string? key)
    {
        if (string.IsNullOrEmpty(key) || key.Length > MostOfKey) throw ApiException.InvalidRequest($"the key of a tag must have 1 to {MostOfKey} characters");
        if (!TagPatterns.Key().IsMatch(key)) throw ApiException.InvalidRequest($"the key of a tag must match {TagPatterns.KeyText}, which {RegistryValues.Show(key)} does not");
        return key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)
            ? throw ApiException.InvalidRequest($"the key of a tag must not begin with aws:, which is reserved; {RegistryValues.Show(key)} does")
            : key;
    }

    private string Normalise(string? arn)
    {
        if (string.IsNullOrEmpty(arn)) throw ApiException.InvalidRequest("resourceArn is missing");
        foreach (var (type, exists) in _types)
        {
            if (!context.Scope.TryParseArn(arn, type, out var name)) continue;
            return exists(name) ? context.Scope.Arn(type, name) : throw ApiException.NotFound($"there is no resource {RegistryValues.Show(arn)}");
        }

        throw ApiException.InvalidRequest(
            $"resourceArn must be the ARN of a {string.Join(", ", _types.Keys.Order(StringComparer.Ordinal))} of this account, which {RegistryValues.Show(arn)} is not");
    }
}
