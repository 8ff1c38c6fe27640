namespace Fairlead.Interop.Documents;

/// <summary>A page of the documentation, as far as it can be run.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Blocks">Its fenced blocks, in order.</param>
public sealed record DocumentPage(string Path, IReadOnlyList<PageBlock> Blocks)
{
    /// <summary>Reads a page of the repository.</summary>
    public static DocumentPage Read(string root, string path) => Parse(path, File.ReadAllLines(System.IO.Path.Combine(root, path)));

    /// <summary>Takes a page apart.</summary>
    public static DocumentPage Parse(string path, IReadOnlyList<string> lines)
    {
        List<PageBlock> blocks = [];
        List<string> notes = [];
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i].Trim();
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                int first = i + 1;
                int indent = lines[i].Length - lines[i].TrimStart().Length;
                while (++i < lines.Count && lines[i].Trim() != "```")
                {
                    // The text of the block.
                }

                string text = string.Concat(lines.Take(i).Skip(first).Select(text => (text.Length >= indent ? text[indent..] : text) + "\n"));
                blocks.Add(new PageBlock(first + 1, line[3..].Trim(), text, notes));
                notes = [];
            }
            else if (line.StartsWith("<!--", StringComparison.Ordinal) && line.EndsWith("-->", StringComparison.Ordinal)) notes.Add(line[4..^3].Trim());
            else if (line.Length > 0) notes = [];
        }

        return new DocumentPage(path, blocks);
    }
}
