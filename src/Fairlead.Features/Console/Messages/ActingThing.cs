using Fairlead.Features.Api;
using Fairlead.Features.Policies;

namespace Fairlead.Features.Console.Messages;

/// <summary>Asks what a thing might do, so that its policies can be tried without the device.</summary>
internal sealed class ActingThing(ExplainFeature explain, string thing)
{
    private const int MostRemembered = 1_000;
    private readonly Dictionary<string, bool> _received = new(StringComparer.Ordinal);

    /// <summary>Why it may not; null when it may.</summary>
    /// <param name="action">Such as <c>iot:Publish</c>.</param>
    /// <param name="topic">Topic Name or Topic Filter.</param>
    /// <exception cref="ApiException">404: there is no such thing.</exception>
    public string? WhyNot(string action, string topic)
    {
        var answer = explain.Explain(new ExplainInput(thing, null, null, null, action, null, topic, null, null, null));
        if (answer.Decision == "ALLOWED") return null;
        var why = answer.Policy is null ? "implicit deny" : $"denied by {answer.Policy} {answer.Statement}".TrimEnd();
        return $"not authorized: {answer.Action} on {answer.Resource} by {answer.Principal} ({why}{(answer.Detail is { } detail ? $"; {detail}" : "")})";
    }

    /// <summary>Whether it may receive a topic. Remembered for the life of a stream.</summary>
    public bool MayReceive(string topic)
    {
        if (_received.TryGetValue(topic, out var known)) return known;
        if (_received.Count == MostRemembered) _received.Clear();
        return _received[topic] = WhyNot("iot:Receive", topic) is null;
    }
}
