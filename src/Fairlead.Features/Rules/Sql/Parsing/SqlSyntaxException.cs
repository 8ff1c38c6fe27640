namespace Fairlead.Features.Rules.Sql.Parsing;

/// <summary>
/// Ends the parsing of a text. Never leaves the parser: whoever asked it gets an <see cref="SqlError"/>.
/// </summary>
internal sealed class SqlSyntaxException(int position, string message) : Exception(message)
{
    /// <summary>Where.</summary>
    public int Position { get; } = position;

    /// <summary>The error with line and column.</summary>
    /// <param name="text">The whole text.</param>
    public SqlError ToError(string text)
    {
        int line = 1;
        int start = 0;
        for (int i = 0; i < Position && i < text.Length; i++)
        {
            if (text[i] != '\n') continue;
            line++;
            start = i + 1;
        }

        return new SqlError(line, Position - start + 1, Message);
    }
}
