using System.Buffers;

namespace Fairlead.Features.Shadows;

/// <summary>Which shadow is meant.</summary>
/// <param name="thing">Name of the thing.</param>
/// <param name="shadow">Name of the shadow; empty for the classic one.</param>
internal readonly ref struct ShadowName(ReadOnlySpan<char> thing, ReadOnlySpan<char> shadow)
{
    /// <summary>Longest name of a thing.</summary>
    public const int LongestThing = 128;

    /// <summary>Longest name of a shadow.</summary>
    public const int LongestShadow = 64;

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_-";
    private static readonly SearchValues<char> ThingLetters = SearchValues.Create(Letters);
    private static readonly SearchValues<char> ShadowLetters = SearchValues.Create(Letters + "$");

    /// <summary>Name of the thing.</summary>
    public ReadOnlySpan<char> Thing { get; } = thing;

    /// <summary>Name of the shadow; empty for the classic one.</summary>
    public ReadOnlySpan<char> Shadow { get; } = shadow;

    /// <summary>What a missing shadow is called: the classic one by its thing (spec/aws-shadow, section 10).</summary>
    public ReadOnlySpan<char> Told => Shadow.IsEmpty ? Thing : Shadow;

    /// <summary>Checks the names (spec/aws-shadow, section 1).</summary>
    /// <returns>Null when they are well-formed.</returns>
    public ShadowRefusal? Check()
    {
        if (!IsThing(Thing)) return ShadowRefusal.InvalidThing;
        return Shadow.IsEmpty || IsShadow(Shadow) ? null : ShadowRefusal.InvalidShadow;
    }

    /// <summary>Whether a thing may be called so.</summary>
    public static bool IsThing(ReadOnlySpan<char> name) => name.Length is > 0 and <= LongestThing && !name.ContainsAnyExcept(ThingLetters);

    private static bool IsShadow(ReadOnlySpan<char> name) => name.Length <= LongestShadow && !name.ContainsAnyExcept(ShadowLetters);
}
