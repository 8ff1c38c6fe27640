using System.Text.Json;

namespace Fairlead.Targets.Tables;

/// <summary>What one item gives to which columns.</summary>
internal sealed class TableRow
{
    private TableRow(byte[] json) => Json = json;

    /// <summary>The item as a JSON object.</summary>
    public byte[] Json { get; }

    /// <summary>Columns that it gives values.</summary>
    public List<TableColumn> Columns { get; } = [];

    /// <summary>Members that have no column.</summary>
    public List<string> Rest { get; } = [];

    /// <summary>Columns of a time for which it gives a number: milliseconds since 1970, as timestamp() of a rule makes them.</summary>
    public List<TableColumn> Epochs { get; } = [];

    /// <summary>Looks at the members of an item.</summary>
    /// <param name="json">A JSON object.</param>
    /// <param name="shape">Columns of the table.</param>
    public static TableRow Read(byte[] json, TableShape shape)
    {
        var row = new TableRow(json);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            row.Take(name, reader.TokenType, shape);
            reader.Skip();
        }

        return row;
    }

    private void Take(string name, JsonTokenType token, TableShape shape)
    {
        if (shape.Find(name) is not { } column)
        {
            Rest.Add(name);
            return;
        }

        // A member that comes twice counts once; the database takes its last value.
        if (!Columns.Contains(column)) Columns.Add(column);
        if (column.Type is not ("timestamptz" or "timestamp")) return;
        Epochs.Remove(column);
        if (token == JsonTokenType.Number) Epochs.Add(column);
    }
}
