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

/// <summary>A topic in the list for programs.</summary>
/// <param name="Topic">Topic Name.</param>
/// <param name="Count">Messages since the watch began.</param>
/// <param name="Bytes">Their payload bytes.</param>
/// <param name="Rate">Messages a second in the last look.</param>
/// <param name="BytesRate">Payload bytes a second in it.</param>
/// <param name="Retained">Whether a message is retained at it.</param>
/// <param name="At">When the last message came, milliseconds since the Unix epoch; that of the retained one when none has come since.</param>
/// <param name="Size">Bytes of the last payload that was kept; null when none was.</param>
/// <param name="Value">The beginning of it, when it is text.</param>
/// <param name="ValueBase64">The beginning of it, when it is none.</param>
internal sealed record TopicEntryDocument(
    string Topic, long Count, long Bytes, double Rate, double BytesRate, bool Retained, long? At, int? Size, string? Value, byte[]? ValueBase64);

/// <summary>Topics as a watch has seen them.</summary>
/// <param name="Watch">Goes on with the watch.</param>
/// <param name="Seconds">Length of the last look; rates are over it.</param>
/// <param name="Topics">A page of topics.</param>
/// <param name="Next"><c>after</c> of the next page; null on the last one and when they are not sorted by topic.</param>
/// <param name="Known">Topics that the watch knows.</param>
/// <param name="Messages">Messages that it has seen.</param>
/// <param name="Skipped">Messages whose payload was not kept, because they came too fast: <c>value</c> may be older than <c>at</c>.</param>
/// <param name="Uncounted">Messages that no topic has in its count, because they came faster still or the watch is full.</param>
/// <param name="Full">Whether there are topics that are not in the list.</param>
internal sealed record TopicListDocument(
    string Watch, double Seconds, IReadOnlyList<TopicEntryDocument> Topics, string? Next, int Known, long Messages, long Skipped, long Uncounted, bool Full);

/// <summary>The first line of a stream of messages: from now on none is missed.</summary>
internal sealed record WatchingDocument(string Watching);

/// <summary>Messages that came faster than they can be read.</summary>
internal sealed record SkippedDocument(long Skipped);
