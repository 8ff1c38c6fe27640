using System.Text;
using Fairlead.Edge.Configuration;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Topics;

/// <summary>Applies the entries of <c>mappings</c>: what <c>+</c> and <c>#</c> matched goes where <c>$1</c>, <c>$2</c>, ... stand.</summary>
internal static class MappedTopic
{
    /// <summary>Finds the first mapping of a direction that a topic matches.</summary>
    /// <param name="mappings">The mappings.</param>
    /// <param name="outbound">The direction.</param>
    /// <param name="topic">The topic.</param>
    /// <returns>Where it goes, and at which QoS at most; null when nothing matches.</returns>
    public static (string Topic, QualityOfService QoS)? Find(IReadOnlyList<TopicMapping> mappings, bool outbound, string topic)
    {
        foreach (var mapping in mappings)
        {
            if (mapping.Outbound == outbound && Match(mapping.From, topic) is { } captures) return (Expand(mapping.To, captures), mapping.QoS);
        }

        return null;
    }

    /// <summary>Matches a Topic Filter and tells what its wildcards stood for; null when it does not match [MQTT-4.7].</summary>
    public static IReadOnlyList<string>? Match(string filter, string topic)
    {
        if (topic.StartsWith('$') && filter[0] is '+' or '#') return null; // [MQTT-4.7.2-1]
        string[] wanted = filter.Split('/');
        string[] levels = topic.Split('/');
        List<string> captures = [];
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == "#")
            {
                captures.Add(i < levels.Length ? string.Join('/', levels[i..]) : "");
                return captures;
            }

            if (i >= levels.Length) return null;
            if (wanted[i] == "+") captures.Add(levels[i]);
            else if (wanted[i] != levels[i]) return null;
        }

        return levels.Length == wanted.Length ? captures : null;
    }

    private static string Expand(string to, IReadOnlyList<string> captures)
    {
        var text = new StringBuilder(to.Length + 32);
        for (int i = 0; i < to.Length; i++)
        {
            if (to[i] == '$' && i + 1 < to.Length && to[i + 1] is >= '1' and <= '9' && to[i + 1] - '1' < captures.Count)
                text.Append(captures[to[++i] - '1']);
            else
                text.Append(to[i]);
        }

        return text.ToString();
    }
}
