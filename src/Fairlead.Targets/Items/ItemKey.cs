namespace Fairlead.Targets.Items;

/// <summary>A key attribute of an item.</summary>
/// <param name="Field">Name.</param>
/// <param name="Value">Value as text.</param>
/// <param name="IsNumber">Whether it is a number.</param>
internal sealed record ItemKey(string Field, string Value, bool IsNumber);
