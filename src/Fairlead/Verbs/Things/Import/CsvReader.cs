using System.Text;

namespace Fairlead.Verbs.Things.Import;

/// <summary>Reads comma-separated values (RFC 4180): cells may be quoted, and quoted ones may hold commas, quotes and line ends.</summary>
internal sealed class CsvReader(TextReader text)
{
    private int _line = 1;

    /// <summary>Line on which the record that was read last begins.</summary>
    public int Line { get; private set; }

    /// <summary>The next record that is not empty; null at the end.</summary>
    public List<string>? Read()
    {
        while (true)
        {
            if (text.Peek() < 0)
                return null;
            Line = _line;
            var cells = ReadRecord();
            if (cells is not [""])
                return cells;
        }
    }

    private List<string> ReadRecord()
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        bool isQuoted = false;
        while (true)
        {
            int next = text.Read();
            if (next == '\n')
                _line++;
            if (isQuoted)
            {
                if (next < 0)
                    throw VerbException.Usage("cannot read the CSV file", $"the quote that opens in the record of line {Line} is never closed", "Close it");
                if (next != '"')
                    cell.Append((char)next);
                else if (text.Peek() == '"')
                    cell.Append((char)text.Read());
                else
                    isQuoted = false;
                continue;
            }

            switch (next)
            {
                case '"' when cell.Length == 0:
                    isQuoted = true;
                    break;
                case ',':
                    cells.Add(cell.ToString());
                    cell.Clear();
                    break;
                case '\r' when text.Peek() == '\n':
                    break;
                case '\n' or < 0:
                    cells.Add(cell.ToString());
                    return cells;
                default:
                    cell.Append((char)next);
                    break;
            }
        }
    }
}
