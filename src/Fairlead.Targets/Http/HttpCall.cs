using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Http;

/// <summary>One message on its way to a URL.</summary>
/// <param name="evaluation">What the rule made of the message.</param>
/// <param name="url">The URL as resolved, for error documents.</param>
internal sealed class HttpCall(RuleEvaluation evaluation, string url) : ActionCall(evaluation, url)
{
    /// <summary>Where to.</summary>
    public Uri? Target { get; set; }

    /// <summary>Headers as resolved, without Content-Type.</summary>
    public List<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>Content-Type that the rule gave; null for that of the payload.</summary>
    public string? ContentType { get; set; }

    /// <summary>Requests that reached the server, or may have.</summary>
    public int Sent { get; set; }

    /// <summary>Time that those took together.</summary>
    public TimeSpan Spent { get; set; }
}
