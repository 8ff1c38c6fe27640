namespace Fairlead.Edge.Topics;

/// <summary>A message for local applications: the same payload on each topic.</summary>
/// <param name="Topics">Topic Names.</param>
/// <param name="RequestId">Request that may be answered; empty for none.</param>
internal sealed record LocalPublication(IReadOnlyList<string> Topics, string RequestId);
