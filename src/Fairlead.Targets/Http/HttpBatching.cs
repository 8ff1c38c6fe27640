namespace Fairlead.Targets.Http;

/// <summary>How messages become one request (spec/aws-rules, section 7.2).</summary>
/// <param name="Delay">How long a batch stays open for more messages.</param>
/// <param name="Count">Most messages.</param>
/// <param name="Bytes">Most bytes of the messages.</param>
/// <param name="AcrossTopics">Whether messages of different topics go together.</param>
internal sealed record HttpBatching(TimeSpan Delay, int Count, int Bytes, bool AcrossTopics);
