using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Rules.Actions.Republish;

/// <summary>What a republish action may publish to: a leading <c>$$</c> stands for the <c>$</c> of a reserved topic (spec/aws-rules, section 7.2).</summary>
internal static class RepublishTopic
{
    private const string Things = "$aws/things/";

    /// <summary>Why a topic cannot be published to, the rest of a sentence; null when it can.</summary>
    /// <param name="text">The topic with its templates resolved.</param>
    public static string? Problem(string text)
    {
        if (text.Length == 0) return "is empty";
        if (text[0] == '$' && !text.StartsWith("$$", StringComparison.Ordinal)) return $"{Show(text)} begins with a single $: a reserved topic is written with $$";
        var name = NameOf(text);
        if (!TopicName.IsValid(name)) return $"{Show(text)} is not a Topic Name: wildcards and control characters are not allowed";
        return IsJobsTopic(name) ? $"{Show(text)} is reserved for jobs" : null;
    }

    /// <summary>The Topic Name that a text stands for.</summary>
    public static string NameOf(string text) => text.StartsWith("$$", StringComparison.Ordinal) ? text[1..] : text;

    private static bool IsJobsTopic(string name)
    {
        if (!name.StartsWith(Things, StringComparison.Ordinal)) return false;
        int slash = name.IndexOf('/', Things.Length);
        if (slash < 0) return false;
        var rest = name.AsSpan(slash + 1);
        return rest.SequenceEqual("jobs") || rest.StartsWith("jobs/", StringComparison.Ordinal);
    }

    private static string Show(string text) => text.Length <= 100 ? $"'{text}'" : $"'{text[..100]}...'";
}
