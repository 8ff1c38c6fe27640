namespace Fairlead.Gateway.Upstream;

/// <summary>A connection that stands.</summary>
/// <param name="Hub">The connection.</param>
/// <param name="Generation">Counts the connections of a place in the pool: what was authorised on an earlier one is not on this.</param>
internal sealed record LiveConnection(IHubConnection Hub, int Generation);
