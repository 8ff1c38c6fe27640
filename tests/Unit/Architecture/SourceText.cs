using System.Text;
using System.Text.RegularExpressions;

namespace Fairlead.Unit.Architecture;

/// <summary>Reads C# just well enough to measure it: strings and comments are blanked out, then braces are counted.</summary>
internal static partial class SourceText
{
    /// <summary>The members with a parameter list and a body, with the number of lines from their first to their last.</summary>
    public static IEnumerable<(string Header, int Lines)> Methods(string source)
    {
        var text = Blank(source);
        var types = new Stack<bool>(); // for each open brace: is it the body of a type or namespace?
        var start = 0;
        (int Depth, int Start, string Header)? member = null;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '{':
                    var header = text[start..i];
                    var isType = member is null && TypeHeader().IsMatch(header);
                    if (member is null && !isType && TakesParameters(header))
                        member = (types.Count, start, header);
                    types.Push(isType);
                    if (isType || member is null)
                        start = i + 1;
                    break;
                case '}':
                    if (types.Count > 0)
                        types.Pop();
                    if (member is { } ended && types.Count == ended.Depth)
                    {
                        yield return (Summary(ended.Header), LinesOf(text[ended.Start..(i + 1)]));
                        member = null;
                    }

                    if (member is null)
                        start = i + 1;
                    break;
                case ';':
                    if (member is null)
                        start = i + 1;
                    break;
            }
        }
    }

    /// <summary>The source with the insides of comments, strings and characters replaced by blanks; lines stay where they are.</summary>
    public static string Blank(string source) =>
        Literals().Replace(source, match =>
        {
            var blanked = new StringBuilder(match.Length);
            foreach (var character in match.Value)
                blanked.Append(character == '\n' ? '\n' : ' ');
            return blanked.ToString();
        });

    private static bool TakesParameters(string header)
    {
        var parenthesis = header.IndexOf('(', StringComparison.Ordinal);
        if (parenthesis < 0)
            return false;
        var assignment = AssignmentSign().Match(header);
        return !assignment.Success || assignment.Index > parenthesis; // else it is a field with an initializer
    }

    private static int LinesOf(string member) => member.Trim().Count(character => character == '\n') + 1;

    private static string Summary(string header) => Blanks().Replace(header, " ").Trim();

    [GeneratedRegex(@"\$*""""""[\s\S]*?""""""|\$?@""(?:[^""]|"""")*""|@\$""(?:[^""]|"""")*""|\$?""(?:\\.|[^""\\\n])*""|'(?:\\.[^'\n]{0,8}|[^'\\\n])'|//[^\n]*|/\*[\s\S]*?\*/", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Literals();

    [GeneratedRegex(@"\b(namespace|class|struct|interface|record|enum)\s+\w+[^=;]*$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex TypeHeader();

    [GeneratedRegex("(?<![=<>!])=(?![=>])", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex AssignmentSign();

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Blanks();
}
