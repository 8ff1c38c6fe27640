using System.Text.Json;

namespace Fairlead.Verbs.Remote;

/// <summary>A column of a list.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Of">Its text for an entry.</param>
internal readonly record struct Column(string Title, Func<JsonElement, string> Of)
{
    /// <summary>A member of the entry with the name of the title.</summary>
    public static implicit operator Column(string name) => new(name, entry => Cells.Of(entry, name));
}

/// <summary>Entries one below the other: JSON as the hub gave it, columns on a terminal, tabs between otherwise.</summary>
internal sealed class Listing(ApiCall call, params Column[] columns)
{
    /// <summary>Rows that decide on the widths of columns, and after which something is shown although more may come.</summary>
    private const int RowsAtOnce = 250;

    private readonly List<string[]> _rows = [];
    private bool _isHeaded;

    /// <summary>Shows all entries.</summary>
    public async Task ShowAsync(IAsyncEnumerable<JsonElement> entries, Func<JsonElement, bool>? filter = null)
    {
        await foreach (var entry in entries)
        {
            if (filter is null || filter(entry))
                Add(entry);
        }

        End();
    }

    /// <summary>Adds an entry.</summary>
    public void Add(JsonElement entry)
    {
        if (call.Talk.Json)
        {
            call.WriteLine(JsonText.OneLine(entry));
            return;
        }

        _rows.Add([.. columns.Select(column => column.Of(entry))]);
        if (_rows.Count == RowsAtOnce)
            End();
    }

    /// <summary>Shows what has been added.</summary>
    public void End()
    {
        if (call.Talk.Json)
            return;
        if (!_isHeaded)
            _rows.Insert(0, [.. columns.Select(static column => column.Title)]);
        _isHeaded = true;
        if (_rows.Count == 0)
            return;
        if (call.Terminal.IsOutputInteractive)
        {
            int[] widths = [.. columns.Select((_, column) => _rows.Max(row => row[column].Length))];
            foreach (string[] row in _rows)
                call.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
        else
        {
            foreach (string[] row in _rows)
                call.WriteLine(string.Join('\t', row));
        }

        _rows.Clear();
    }
}
