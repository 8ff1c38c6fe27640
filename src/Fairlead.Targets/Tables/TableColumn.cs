namespace Fairlead.Targets.Tables;

/// <summary>A column of a table, as the database describes it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Name of its type, such as <c>timestamptz</c>.</param>
/// <param name="IsKey">Whether it belongs to the primary key.</param>
/// <param name="IsMade">Whether the database makes its value: generated and identity columns.</param>
internal sealed record TableColumn(string Name, string Type, bool IsKey, bool IsMade);
