using System.Text.Json;

namespace Fairlead.Features.Rules;

/// <summary>A topic rule as it is kept (spec/aws-rules, section 1.3).</summary>
/// <param name="Name">1 to 128 letters, digits and underscores; case-sensitive.</param>
/// <param name="Sql">Statement.</param>
/// <param name="SqlVersion">Version in effect, such as <c>2016-03-23</c>.</param>
/// <param name="Actions">The actions as they were sent: a JSON list.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch; a replacement keeps it [U26].</param>
internal sealed record TopicRule(string Name, string Sql, string SqlVersion, JsonElement Actions, long CreatedAt)
{
    /// <summary>What it is for; null when none was given.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it is neither matched nor reached by basic ingest.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>The error action as it was sent; null for none.</summary>
    public JsonElement? ErrorAction { get; init; }
}
