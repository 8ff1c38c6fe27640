using Fairlead.Edge.Twin.Commands;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Sessions;

/// <summary>An edit of a spooled command that waits for room in the window.</summary>
internal sealed record QueuedEdit(TwinJob Job, ShadowEdit Edit, CommandOutcome Outcome);
