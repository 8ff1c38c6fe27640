namespace Fairlead.Targets.Tables;

/// <summary>The columns of a table.</summary>
internal sealed class TableShape
{
    /// <summary>Column that takes what has no column of its own.</summary>
    public const string RestColumn = "doc";

    private readonly Dictionary<string, TableColumn> _columns = new(StringComparer.Ordinal);

    /// <summary>Takes the columns in their order.</summary>
    /// <param name="quotedName">Name of the table as it stands in SQL.</param>
    /// <param name="columns">Its columns.</param>
    public TableShape(string quotedName, IReadOnlyList<TableColumn> columns)
    {
        QuotedName = quotedName;
        Columns = columns;
        foreach (var column in columns) _columns[column.Name] = column;
        TakesRest = _columns.TryGetValue(RestColumn, out var rest) && rest.Type == "jsonb" && !rest.IsKey;
    }

    /// <summary>Name as it stands in SQL.</summary>
    public string QuotedName { get; }

    /// <summary>Columns in their order.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>Whether there is a column <see cref="RestColumn"/> of type jsonb for members without a column.</summary>
    public bool TakesRest { get; }

    /// <summary>Finds the column for a member; null for none. <see cref="RestColumn"/> is nobody's.</summary>
    public TableColumn? Find(string member) =>
        _columns.TryGetValue(member, out var column) && !(TakesRest && member == RestColumn) && !column.IsMade ? column : null;
}
