namespace Fairlead.Edge.Configuration;

/// <summary>A value as it was given.</summary>
/// <param name="Items">The text, or the texts of a list; for <see cref="SettingKind.Json"/> the raw text.</param>
/// <param name="Origin">Where it stands: <c>default</c>, <c>file</c>, <c>flag</c>, <c>environment NAME</c>.</param>
internal sealed record SettingValue(IReadOnlyList<string> Items, string Origin)
{
    /// <summary>The text of a value that is no list.</summary>
    public string Text => Items.Count == 0 ? "" : Items[0];
}
