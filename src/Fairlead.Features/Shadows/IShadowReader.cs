namespace Fairlead.Features.Shadows;

/// <summary>Lets other slices read shadows (the fleet index, rules).</summary>
internal interface IShadowReader
{
    /// <summary>Called after each change of a shadow with the thing's name; must not block.</summary>
    event Action<string>? Changed;

    /// <summary>The document of a shadow as GetThingShadow answers it; null when there is none.</summary>
    /// <param name="thingName">Thing.</param>
    /// <param name="shadowName">Name of the shadow; null for the classic one.</param>
    byte[]? Find(string thingName, string? shadowName);

    /// <summary>Names of the named shadows of a thing, in ordinal order.</summary>
    IReadOnlyList<string> NamesOf(string thingName);
}
