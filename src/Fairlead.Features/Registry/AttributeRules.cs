using System.Collections.Immutable;
using Fairlead.Features.Api;

namespace Fairlead.Features.Registry;

/// <summary>How attributes of things and groups are replaced and merged (spec/aws-registry-and-policies, section 3).</summary>
internal static class AttributeRules
{
    /// <summary>Most attributes of a thing without a type.</summary>
    public const int MostWithoutType = 3;

    /// <summary>Most attributes of a thing with a type, and of a group.</summary>
    public const int Most = 50;

    private const int MostCharacters = 47 * 1024;

    /// <summary>No attributes.</summary>
    public static ImmutableSortedDictionary<string, string> None { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The attributes after a change. An empty value takes its attribute away, merged or not.</summary>
    /// <param name="present">Attributes before it.</param>
    /// <param name="given">Attributes in the request; null changes nothing.</param>
    /// <param name="isMerged">Whether those that are not given stay.</param>
    public static ImmutableSortedDictionary<string, string> Apply(
        ImmutableSortedDictionary<string, string> present, IReadOnlyDictionary<string, string>? given, bool isMerged)
    {
        if (given is null) return present;
        var result = (isMerged ? present : None).ToBuilder();
        foreach (var (name, value) in given)
        {
            RegistryValues.AttributeName(name, "attributes");
            if (RegistryValues.AttributeValue(value, $"attributes.{name}").Length == 0) result.Remove(name);
            else result[name] = value;
        }

        var characters = 0;
        foreach (var (name, value) in result) characters += name.Length + value.Length;
        return characters > MostCharacters
            ? throw ApiException.InvalidRequest($"attributes must have at most {MostCharacters} characters in all; these have {characters}")
            : result.ToImmutable();
    }

    /// <summary>Refuses more attributes than there may be.</summary>
    public static void CheckCount(ImmutableSortedDictionary<string, string> attributes, int most, string whose)
    {
        if (attributes.Count > most) throw ApiException.InvalidRequest($"attributes must be at most {most} for {whose}; these are {attributes.Count}");
    }

    /// <summary>Whether two sets are the same.</summary>
    public static bool AreEqual(ImmutableSortedDictionary<string, string> one, ImmutableSortedDictionary<string, string> other) =>
        ReferenceEquals(one, other) || one.SequenceEqual(other);
}
