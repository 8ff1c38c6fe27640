using Fairlead.Features.DirectMessages;

namespace Fairlead.Features;

/// <summary>What the data plane counts.</summary>
/// <param name="DirectMessages">Calls of SendDirectMessage.</param>
/// <param name="LifecycleEventsDropped">Reads how many lifecycle events were lost.</param>
/// <param name="LogEventsDropped">Reads how many events of the structured log were lost.</param>
internal sealed record DataPlaneCounters(DirectMessageCounters DirectMessages, Func<long> LifecycleEventsDropped, Func<long> LogEventsDropped);
