namespace Fairlead.Features.Console.Topics;

/// <summary>What a page of topics wants to see.</summary>
/// <param name="Open">Paths of the levels that are open; the uppermost always is.</param>
/// <param name="Select">Topic whose messages are wanted; null for none.</param>
/// <param name="Search">Text in topics; null or empty for the tree.</param>
/// <param name="Paused">Whether nothing shall change.</param>
internal sealed record TopicViewInput(IReadOnlyList<string>? Open, string? Select, string? Search, bool Paused);

/// <summary>A stream has begun; <c>watch</c> names it for the page's other calls.</summary>
internal sealed record WatchDocument(string Watch);

/// <summary>A line of the tree.</summary>
/// <param name="Path">Topic to here.</param>
/// <param name="Name">Last level.</param>
/// <param name="Topics">Topics at it and below.</param>
/// <param name="Own">Messages to this very topic.</param>
/// <param name="Total">Messages to it and below.</param>
/// <param name="Rate">Messages a second, at it and below.</param>
/// <param name="Below">Whether there are levels below.</param>
/// <param name="Retained">Whether a message is retained at this very topic.</param>
/// <param name="At">When the last message came; 0 for never.</param>
/// <param name="Size">Bytes of the last payload.</param>
/// <param name="Value">The beginning of the last payload as text; null when none was kept or it is no text.</param>
internal sealed record TopicRowDocument(
    string Path, string Name, int Topics, long Own, long Total, double Rate, bool Below, bool Retained, long At, int Size, string? Value);

/// <summary>An open level with its lines; <c>more</c> counts those that are not shown.</summary>
internal sealed record TopicLevelDocument(string Path, IReadOnlyList<TopicRowDocument> Rows, int More);

/// <summary>What is to be seen.</summary>
internal sealed record TopicViewDocument(
    int Topics, long Messages, double Rate, int Recorded, long Skipped, long Missed, bool Paused, bool Full, IReadOnlyList<TopicLevelDocument> Levels,
    TopicRowDocument? Selected);

/// <summary>A message of the chosen topic.</summary>
internal sealed record TopicMessageDocument(
    long Number, long At, string Topic, byte[] Payload, int Size, int Qos, bool Retain, string? ClientId, Messages.PropertiesDocument? Properties);

/// <summary>Retained messages to delete: that of a topic, and those below it. With <c>count</c> they are only counted.</summary>
internal sealed record RetainedInput(string? Topic, bool Count);

/// <summary>How many there are, or were.</summary>
internal sealed record RetainedCountDocument(int Messages);
