using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Kits;

namespace Fairlead.Verbs.Things.Import;

/// <summary>A thing to import.</summary>
/// <param name="Thing">Its name.</param>
/// <param name="Line">What the hub is sent, without the request for a certificate that is made here.</param>
internal sealed record ImportRow(string Thing, JsonObject Line)
{
    /// <summary>Whether the file brings a certificate, or a request for one: then its key is elsewhere.</summary>
    public bool HasKeyElsewhere => Line.ContainsKey("csr") || Line.ContainsKey("certificate");
}

/// <summary>Reads all rows of a file before anything is sent: what is wrong in it is told with its line.</summary>
internal static class ImportFile
{
    private static readonly string[] Texts = ["type", "billingGroup", "csr", "certificate"];
    private static readonly string[] Lists = ["groups", "policies"];

    public static List<ImportRow> Read(string path, byte[] content)
    {
        using var text = new StreamReader(new MemoryStream(content));
        bool isCsv = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || (path == "-" && content is not [(byte)'{', ..]);
        var rows = isCsv ? ReadCsv(text) : ReadLines(text);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!names.Add(row.Thing))
                throw VerbException.Usage($"cannot import {path}", $"the thing {row.Thing} is in it twice", "Take one of them out");
        }

        return rows.Count > 0 ? rows : throw VerbException.Usage($"cannot import {path}", "there is no thing in it", "Give a CSV file with a header, or one JSON object a line");
    }

    private static List<ImportRow> ReadCsv(TextReader text)
    {
        var reader = new CsvReader(text);
        var header = reader.Read()?.ConvertAll(static name => name.Trim().TrimStart('\uFEFF')) ?? [];
        int nameAt = header.FindIndex(static name => name is "thing" or "name" or "thingName");
        if (nameAt < 0)
            throw VerbException.Usage("cannot read the CSV file", $"no column of its header ({string.Join(", ", header)}) is called thing or name", "Begin the file with a header such as thing,type,room");
        var rows = new List<ImportRow>();
        while (reader.Read() is { } cells)
        {
            if (cells.Count > header.Count)
                throw VerbException.Usage("cannot read the CSV file", $"line {reader.Line} has {cells.Count} cells, the header {header.Count}", "Quote a cell that holds a comma");
            var line = new JsonObject { ["thing"] = Name(cells.Count > nameAt ? cells[nameAt].Trim() : "", reader.Line) };
            for (int i = 0; i < cells.Count; i++)
            {
                if (i != nameAt && cells[i].Length > 0)
                    Put(line, header[i], cells[i]);
            }

            rows.Add(new ImportRow(line["thing"]!.GetValue<string>(), line));
        }

        return rows;
    }

    private static void Put(JsonObject line, string column, string cell)
    {
        if (Texts.Contains(column, StringComparer.Ordinal))
        {
            line[column] = cell;
        }
        else if (Lists.Contains(column, StringComparer.Ordinal))
        {
            line[column] = new JsonArray([.. cell.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(static one => (JsonNode)one)]);
        }
        else
        {
            var attributes = line["attributes"] as JsonObject ?? [];
            attributes[column.StartsWith("attr.", StringComparison.Ordinal) ? column[5..] : column] = cell;
            line["attributes"] = attributes;
        }
    }

    private static List<ImportRow> ReadLines(TextReader text)
    {
        var rows = new List<ImportRow>();
        for (int number = 1; text.ReadLine() is { } one; number++)
        {
            if (string.IsNullOrWhiteSpace(one))
                continue;
            JsonObject? line;
            try
            {
                line = JsonNode.Parse(one) as JsonObject;
            }
            catch (JsonException)
            {
                line = null;
            }

            if (line is null)
                throw VerbException.Usage("cannot read the file", $"line {number} is not a JSON object", "Give one JSON object a line, or a file that ends in .csv");
            rows.Add(new ImportRow(Name(line["thing"] is JsonValue value && value.TryGetValue(out string? name) ? name : "", number), line));
        }

        return rows;
    }

    private static string Name(string name, int line) => Kit.IsFileName(name)
        ? name
        : throw VerbException.Usage("cannot read the file", name.Length == 0 ? $"line {line} names no thing" : $"line {line}: {Remote.Cells.Safe(name)} is not a name for a thing", "Use letters, digits and _ - :");
}
