using System.Globalization;
using System.Reflection;
using System.Text;

namespace Fairlead.Conformance.Matrix;

/// <summary>The page that lists every statement of a standard and the tests that show it.</summary>
internal sealed class ConformanceMatrix(string standard, string title, string source)
{
    public IReadOnlyList<Statement> Statements { get; } = Statement.Read(standard);

    /// <summary>Statement id to the tests that name it, as Class.Method.</summary>
    public ILookup<string, string> Tests { get; } =
        (from type in typeof(ConformanceMatrix).Assembly.GetTypes()
         where string.Equals(type.Namespace, "Fairlead.Conformance." + (standard is "mqtt5" ? "Mqtt5" : "Mqtt311"), StringComparison.Ordinal)
         from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
         from id in method.GetCustomAttribute<StatementAttribute>()?.Ids ?? []
         orderby type.Name, method.Name
         select (id, Test: $"{type.Name}.{method.Name}")).ToLookup(entry => entry.id, entry => entry.Test, StringComparer.Ordinal);

    /// <summary>Statements that bind the server and have neither a test nor a reason.</summary>
    public IEnumerable<string> Open() =>
        Statements.Where(s => s.Binds is not "client" && !Tests.Contains(s.Id) && s.Untested is null).Select(s => s.Id);

    /// <summary>Ids that tests name and the standard does not have.</summary>
    public IEnumerable<string> Unknown() =>
        Tests.Select(group => group.Key).Except(Statements.Select(s => s.Id), StringComparer.Ordinal);

    /// <summary>Statements that have tests and still give a reason for having none.</summary>
    public IEnumerable<string> Contradicting() => Statements.Where(s => s.Untested is not null && Tests.Contains(s.Id)).Select(s => s.Id);

    /// <summary>The page as Markdown.</summary>
    public string Write()
    {
        var server = Statements.Where(s => s.Binds is not "client").ToArray();
        var shown = server.Count(s => Tests.Contains(s.Id));
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Conformance to {title}

            Every normative statement of {source}, in our words, with the tests of `tests/Conformance` that show it on raw sockets against the
            built hub in its standard profile. The standard's own text is the authority. This page is generated
            (`FAIRLEAD_WRITE_MATRIX=1 ./test Conformance Matrix`); a test fails when it is out of date, when a test names an id that does not exist, and
            when a statement that binds the server has neither a test nor a reason.

            {Statements.Count} statements, {server.Length} of them bind the server: {shown} are shown by tests, {server.Length - shown} are not, for the reason given.

            | statement | binds | what it asks | shown by |
            |---|---|---|---|

            """);
        foreach (var statement in Statements)
            page.Append(CultureInfo.InvariantCulture, $"| {statement.Id} | {statement.Binds} | {statement.Says} | {ShownBy(statement)} |\n");
        return page.ToString();
    }

    private string ShownBy(Statement statement)
    {
        if (Tests.Contains(statement.Id))
            return string.Join("<br>", Tests[statement.Id].Select(test => $"`{test}`"));
        return statement.Binds is "client" ? "no test: binds the client" : $"no test: {statement.Untested ?? "?"}";
    }
}
